export * from './api-error.js';
export { endpoints, type Operation } from './endpoints.js';
export { isLoopbackHost, urlHost } from './request-origin.js';
export * from './rest-client.js';
