/**
 * Parts of a page that are made one after the other, in the order of the page. The browser paints between them, so a
 * reader sees what stands above while the rest is made. Print makes all of them at once.
 */
import { element } from './dom.js';

/** A part that is not made yet, and where it will stand. */
interface Waiting {
  place: HTMLElement;
  make(): HTMLElement | undefined;
}

/** The mark in the browser's timings that stands where nothing waits any more. Programs that look at a page need it. */
const READY = 'spt-ready';

const waiting: Waiting[] = [];
let isScheduled = false;
let afterAll: (() => void)[] = [];

/** A place for a part that is made later. A place that has left the page by then stays empty. */
export function later(make: () => HTMLElement | undefined): HTMLElement {
  const place = element('div');
  waiting.push({ place, make });
  soon();
  return place;
}

/** Calls a function when nothing waits any more. */
export function whenMade(call: () => void): void {
  if (waiting.length === 0) call();
  else afterAll.push(call);
}

/** Makes everything that waits, and what that leaves to later. */
export function makeAll(): void {
  while (waiting.length > 0) makeFirst();
}

/** Goes on when the browser has painted. It does not paint a page that nobody sees. */
function soon(): void {
  if (isScheduled) return;
  isScheduled = true;
  const start = (): unknown => setTimeout(goOn);
  if (document.hidden) start();
  else requestAnimationFrame(start);
}

function goOn(): void {
  isScheduled = false;
  if (waiting.length === 0) return;
  try {
    makeFirst();
  } finally {
    if (waiting.length > 0) soon();
  }
}

function makeFirst(): void {
  const [{ place, make }, ...others] = waiting.splice(0);
  try {
    if (place.isConnected) place.replaceWith(...[make()].filter(one => one !== undefined));
  } finally {
    // What the part has left to later stands above the others.
    waiting.push(...others);
    if (waiting.length === 0) tellReady();
  }
}

function tellReady(): void {
  performance.mark(READY);
  const calls = afterAll;
  afterAll = [];
  calls.forEach(call => call());
}
