/**
 * The local HTTP server: the API under /rest and the page beside it. It owns the sessions of the
 * page; everything else it asks the node. Requests are held as long as the node needs.
 */
import type { Server } from 'node:http';
import type { NodeControl } from '@holdfast/node';
import {
  AppError,
  type Clock,
  errorMessage,
  fileErrorCode,
  type Logger,
  type RandomSource,
} from '@holdfast/platform';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { errorDocument, statusOfCode } from './api-error.js';
import { type ApiApp, addApiRoutes } from './api-routes.js';
import { healthPath, loginLinksPath, loginPath } from './endpoints.js';
import { addEventStream } from './event-stream.js';
import { headersTimeoutMs, maxConnections, maxHeaderBytes } from './limits.js';
import { PageAccess } from './page-access.js';
import { loadPageFiles, type PageFile } from './page-files.js';
import { addPageRoutes } from './page-routes.js';
import { credentialsGuard, type GuardInit, hostGuard, securityHeaders } from './request-guard.js';
import { isWildcardHost, urlHost } from './request-origin.js';

export interface RestServerInit {
  readonly control: NodeControl;
  readonly token: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly pageDirectory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** A link that opens the page once; `expires` is ISO 8601. */
export interface LoginLink {
  readonly url: string;
  readonly expires: string;
}

export interface RestServer {
  /** Rejects with `address_in_use`, or `listen_failed` for any other reason. Call once. */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Cuts every connection; idempotent. */
  stop(): Promise<void>;
  /** Only after `start`. */
  createLoginLink(): LoginLink;
}

export function createRestServer(init: RestServerInit): RestServer {
  const access = new PageAccess(init.token, init.clock, init.random);
  let port = init.port;
  let pageFiles: ReadonlyMap<string, PageFile> = new Map();
  const guard: GuardInit = {
    access,
    boundHost: init.host,
    cookieName: () => `holdfast_session_${port}`,
  };
  const createLoginLink = (): LoginLink => {
    const { code, lifeMs } = access.createLoginCode();
    const host = isWildcardHost(init.host) ? '127.0.0.1' : urlHost(init.host);
    return {
      url: `http://${host}:${port}${loginPath}/${code}`,
      expires: new Date(init.clock.now() + lifeMs).toISOString(),
    };
  };
  const app = createApp(init, guard, createLoginLink, () => pageFiles);
  const server = createHttpServer(app);
  return {
    async start() {
      pageFiles = loadPageFiles(init.pageDirectory);
      port = await listen(server, init.host, init.port);
      return { host: init.host, port };
    },
    stop: () => close(server),
    createLoginLink,
  };
}

function createApp(
  init: RestServerInit,
  guard: GuardInit,
  createLoginLink: () => LoginLink,
  pageFiles: () => ReadonlyMap<string, PageFile>,
): ApiApp {
  const app: ApiApp = new Hono<{ Bindings: HttpBindings }>();
  app.use(securityHeaders(), hostGuard(guard));
  app.use('/rest/*', credentialsGuard(guard));
  app.get(healthPath, (context) => context.json({ status: 'OK' }));
  app.post(loginLinksPath, (context) => context.json(createLoginLink()));
  addApiRoutes(app, init.control, init.logger);
  addEventStream(app, init.control);
  app.all('/rest/*', (context) => {
    throw new AppError('route_unknown', `There is no ${context.req.method} ${context.req.path}.`);
  });
  addPageRoutes(app, pageFiles, guard);
  app.onError((error, context) => {
    if (!(error instanceof AppError) && !context.req.raw.signal.aborted) {
      init.logger.error('a request failed unexpectedly', {
        path: context.req.path,
        reason: errorMessage(error),
        stack: error.stack,
      });
    }
    const document = errorDocument(error);
    return context.json(document, statusOfCode(document.error.code));
  });
  return app;
}

function createHttpServer(app: ApiApp): Server {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs },
    // The global Request and Response are not ours to replace: libp2p lives in this process too.
    overrideGlobalObjects: false,
  }) as Server;
  // A wait, a scan or a restore takes as long as it takes.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.maxConnections = maxConnections;
  return server;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenError(error: Error, host: string, port: number): AppError {
  const place = `${urlHost(host)}:${port}`;
  if (fileErrorCode(error) === 'EADDRINUSE') {
    return new AppError('address_in_use', `Something else already listens on ${place}.`, {
      hint: 'Choose another with --gui HOST:PORT; port 0 picks a free one.',
      cause: error,
    });
  }
  return new AppError('listen_failed', `The page cannot listen on ${place}: ${error.message}`, {
    hint: 'Choose another with --gui HOST:PORT.',
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
