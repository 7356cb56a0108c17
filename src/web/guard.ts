/**
 * Who may read the live page. A request is answered only if all of these hold:
 *
 * - Its path begins with the token of this server, which only those know who were given the address. Two tokens are
 *   compared by their hashes and in constant time, so that no answer tells how much of a guess is right.
 * - Its Host is this server's: a page of another site that rebinds its own name to 127.0.0.1 has the other name there.
 *   The port does not count, because `ssh -L` may give another one.
 * - Its Origin, if it has one, is the address that the Host names. So no page of another site reads anything.
 * - Its method is GET or HEAD. Nothing can be changed here.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Guarded {
  token: string;
  /** The names, in lower case, that a Host may have beside those of loopback. */
  names: ReadonlySet<string>;
}

export type Verdict = { status: 200; path: string } | { status: 403 | 405; message: string; allow?: string };

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Headers of every answer: nothing is kept, guessed, framed, or told to another site. */
export const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** What is answered: 200 with the path behind the token, or a refusal. */
export function judge({ method, url = '', headers }: IncomingMessage, guarded: Guarded): Verdict {
  const host = (headers.host ?? '').toLowerCase();
  const name = host.replace(/:\d+$/, '');
  if (!LOOPBACK.has(name) && !guarded.names.has(name))
    return { status: 403, message: 'This server does not have the name that the request asks for.' };
  const { origin } = headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`)
    return { status: 403, message: 'Pages of other sites may not read this one.' };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, message: 'This page can only be read.', allow: 'GET, HEAD' };
  const [path] = url.split('?', 1);
  const [, token = '', ...rest] = path.split('/');
  if (!isSame(token, guarded.token))
    return { status: 403, message: 'The address lacks its token. spt serve prints the whole address.' };
  return { status: 200, path: rest.join('/') };
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
