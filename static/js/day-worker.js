/* The worker of one stop's door: keeps its page at hand, without anybody on it, for when the network fails.
   Served after day-store.js, as one file, in the folder it works for. */
"use strict";
(() => {
  const SCOPE = self.registration.scope;
  const SHELL = new URL("hors-ligne/", SCOPE).href;
  const CACHE = "accueil:" + new URL(SCOPE).pathname;
  const PATIENCE = 5000;

  /* The page, and what it loads. What it loads no longer goes. */
  const keep = async () => {
    const answer = await fetch(SHELL, {credentials: "same-origin", cache: "no-store"});
    if (!answer.ok || answer.redirected) return;
    const page = await answer.clone().text(), cache = await caches.open(CACHE);
    const wanted = Array.from(page.matchAll(/(?:href|src|data-scanner)="(\/static\/[^"]+)"/g), (found) => new URL(found[1], SCOPE).href);
    const known = (await cache.keys()).map((request) => request.url);
    await Promise.all(wanted.filter((url) => !known.includes(url)).map((url) => cache.add(url)));
    await cache.put(SHELL, answer);
    await Promise.all(known.filter((url) => url !== SHELL && !wanted.includes(url)).map((url) => cache.delete(url)));
  };

  const erase = async () => {
    await caches.delete(CACHE);
    await self.registration.unregister();
  };

  const timely = (request) => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("late")), PATIENCE);
    fetch(request).then(resolve, reject).finally(() => clearTimeout(late));
  });

  const visited = async (request) => {
    try {
      return await timely(request);
    } catch (error) {
      return (await caches.match(SHELL, {cacheName: CACHE})) || Response.error();
    }
  };

  /* At hand at once; fetched again behind it, so that a new release is there the next time. */
  const loaded = async (event) => {
    const cache = await caches.open(CACHE), kept = await cache.match(event.request);
    const fresh = fetch(event.request).then(async (answer) => {
      if (kept && answer.ok) await cache.put(event.request, answer.clone());
      return answer;
    });
    if (!kept) return fresh;
    event.waitUntil(fresh.catch(() => null));
    return kept;
  };

  self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), Day.store.expire()])));
  self.addEventListener("message", (event) => {
    if (event.data === "keep") event.waitUntil(Promise.all([keep().catch(() => null), Day.store.expire()]));
    if (event.data === "erase") event.waitUntil(erase());
  });
  self.addEventListener("fetch", (event) => {
    const {request} = event, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (request.mode === "navigate") event.respondWith(visited(request));
    else if (url.pathname.startsWith("/static/")) event.respondWith(loaded(event));
  });
})();
