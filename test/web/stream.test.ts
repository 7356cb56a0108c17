/** What a stream promises: each listener gets the newest snapshot, and a slow one holds no memory. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Stream } from '../../src/web/stream.js';

const Streams = suite('stream of snapshots');

/** A response that takes everything, or is full until it drains. */
class Browser extends EventEmitter {
  written: string[] = [];
  isFull = false;
  isGone = false;

  write(text: string): boolean {
    this.written.push(text);
    return !this.isFull;
  }

  destroy(): void {
    this.isGone = true;
    this.emit('close');
  }

  get data(): string[] {
    return this.written.flatMap(text => /data: (.*)\n\n/.exec(text)?.[1] ?? []);
  }
}

const responseOf = (browser: Browser): ServerResponse => browser as unknown as ServerResponse;

Streams('a new listener gets the newest snapshot, and all later ones', () => {
  const stream = new Stream();
  stream.publish('1');
  stream.publish('2');
  const browser = new Browser();
  assert.ok(stream.add(responseOf(browser)));
  stream.publish('3');
  assert.equal(browser.data, ['2', '3']);
});

Streams('a slow listener skips to the newest snapshot when it has read', () => {
  const stream = new Stream();
  const browser = new Browser();
  stream.add(responseOf(browser));
  browser.isFull = true;
  for (let i = 1; i <= 1000; i++) stream.publish(String(i));
  assert.equal(browser.data, ['1']);
  browser.isFull = false;
  browser.emit('drain');
  assert.equal(browser.data, ['1', '1000']);
});

Streams('a listener that takes nothing is cut off, one that hears nothing gets a beat', () => {
  let now = 0;
  const stream = new Stream(() => now);
  const [slow, idle] = [new Browser(), new Browser()];
  stream.add(responseOf(slow));
  stream.add(responseOf(idle));
  slow.isFull = true;
  stream.publish('1');
  now = 20_000;
  stream.tick();
  assert.equal([slow.isGone, idle.written.at(-1)], [false, ': beat\n\n']);
  now = 60_001;
  stream.tick();
  assert.equal([slow.isGone, idle.isGone, stream.size], [true, false, 1]);
});

Streams('the listeners are bounded, and those that leave make room', () => {
  const stream = new Stream();
  const browsers = Array.from({ length: 64 }, () => new Browser());
  assert.ok(browsers.every(browser => stream.add(responseOf(browser))));
  assert.is(stream.add(responseOf(new Browser())), false);
  browsers[0].destroy();
  assert.is(stream.add(responseOf(new Browser())), true);
  stream.end();
  assert.is(stream.size, 0);
  assert.ok(browsers.every(({ isGone }) => isGone));
});

Streams.run();
