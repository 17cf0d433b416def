import { createServer } from 'node:net';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../../aws/loopback-server.ts';
import type { Stage } from '../stage.ts';
import { listen } from './listen.ts';

export type { HttpAnswer, HttpRequest } from '../../aws/loopback-server.ts';

/** Starts an HTTP server that replaces a server of the lab. Uses TLS if the lab uses TLS. */
export async function standIn(
  stage: Stage,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<LoopbackServer> {
  const { network } = stage.lab;
  const tls = stage.lab.tls ?? undefined;
  return stage.keep(
    await startLoopbackServer({ name: 'stand-in', host: '127.0.0.1', port: 0, tls, network, answer }),
  );
}

/** Returns a promise that never resolves. A request that waits for this promise gets no response. */
export function silence(): Promise<never> {
  return new Promise(() => {});
}

export function html(body: string): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

export function json(document: unknown, status = 200): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}

/**
 * The page of a captive portal. A captive portal returns its page for every request until the user accepts
 * the terms.
 */
export const CAPTIVE_PORTAL: HttpAnswer = html(
  '<!doctype html><title>Welcome</title><h1>Welcome to the guest network</h1><p>Accept the terms to go online.</p>',
);

/** Returns a port of this machine on which no server listens. */
export async function closedPort(): Promise<number> {
  const server = await listen(createServer());
  await server.close();
  return server.port;
}
