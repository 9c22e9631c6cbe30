/** Puts the page into the document. */
import { mount } from 'svelte';
import Page from './page.svelte';
import './page.css';

const target = document.getElementById('page');
if (target !== null) mount(Page, { target });
