/** Text as XML takes it, in elements and in comments. */
export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Two hyphens would end it. */
export function xmlComment(text: string): string {
  return xmlText(text).replaceAll('--', '-&#45;');
}
