/**
 * The browsers that listen, by server-sent events. Each gets the newest snapshot and never an older one: while a
 * browser is slow, nothing is kept for it, and when it has taken what was sent, it gets what is newest then. So the
 * memory for a browser is one snapshot at most, and a browser that takes nothing for a minute is cut off.
 */
import type { ServerResponse } from 'node:http';

/** The most browsers at once. */
const MOST_LISTENERS = 64;
/** A browser that takes nothing for this time is gone. */
const PATIENCE_MS = 60_000;
/** A comment is sent after this time without news, so that a connection that is gone is noticed. */
const BEAT_MS = 15_000;

interface Listener {
  response: ServerResponse;
  /** The number of the snapshot that was sent last. */
  sent: number;
  /** Since when it takes nothing; undefined where it does. */
  fullSinceMs?: number;
  spokenMs: number;
}

export class Stream {
  private readonly listeners = new Set<Listener>();
  private text = '';
  private number = 0;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  get size(): number {
    return this.listeners.size;
  }

  /** Sends a response the newest snapshot, and all that follow. False where there are too many listeners. */
  add(response: ServerResponse): boolean {
    if (this.listeners.size >= MOST_LISTENERS) return false;
    const listener: Listener = { response, sent: 0, spokenMs: this.nowMs() };
    this.listeners.add(listener);
    response.on('close', () => this.listeners.delete(listener));
    response.on('error', () => this.listeners.delete(listener));
    response.on('drain', () => {
      listener.fullSinceMs = undefined;
      this.send(listener);
    });
    response.write('retry: 2000\n\n');
    this.send(listener);
    return true;
  }

  /** Makes a snapshot the newest one. `json` must be one line. */
  publish(json: string): void {
    this.number++;
    this.text = `id: ${this.number}\nevent: snapshot\ndata: ${json}\n\n`;
    for (const listener of this.listeners) this.send(listener);
  }

  /** Cuts off those that take nothing, and speaks to those that heard nothing for long. */
  tick(): void {
    const now = this.nowMs();
    for (const listener of this.listeners) {
      const { response, fullSinceMs, spokenMs } = listener;
      if (fullSinceMs !== undefined) {
        if (now - fullSinceMs > PATIENCE_MS) response.destroy();
      } else if (now - spokenMs > BEAT_MS) this.write(listener, ': beat\n\n');
    }
  }

  /** Ends all connections. */
  end(): void {
    for (const { response } of this.listeners) response.destroy();
    this.listeners.clear();
  }

  private send(listener: Listener): void {
    if (listener.fullSinceMs !== undefined || listener.sent === this.number) return;
    listener.sent = this.number;
    this.write(listener, this.text);
  }

  private write(listener: Listener, text: string): void {
    listener.spokenMs = this.nowMs();
    if (!listener.response.write(text)) listener.fullSinceMs = this.nowMs();
  }
}
