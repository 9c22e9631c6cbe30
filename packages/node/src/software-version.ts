/** The version of this software, as devices tell it to each other and people read it. */
export const softwareVersion = '0.1.0';
