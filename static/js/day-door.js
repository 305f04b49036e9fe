/* The page of the door, answered out of the list that this device keeps. Without this file its forms work by
   themselves, as long as there is a network. */
"use strict";
(() => {
  const page = document.querySelector("[data-day]");
  if (!page || !self.indexedDB || !self.crypto || !crypto.subtle) return;
  const at = (name, root = page) => root.querySelector(`[data-${name}]`);
  const SHOWN = 40;
  const words = {};
  for (const word of at("words").content.querySelectorAll("[data-word]")) words[word.dataset.word] = word.textContent;
  const say = (word, parts = {}) => words[word].replace(/{(\w+)}/g, (whole, name) => (name in parts ? parts[name] : whole));
  const show = (element, shown) => { if (element) element.hidden = !shown; };

  let door = page.dataset.at ? Number(page.dataset.at) : null;
  let chosen = [];  // keys of those shown for another reason than what is typed: a badge, the last press
  let offline = false;
  const input = document.getElementById("q");

  const list = new Day.List({slug: page.dataset.day, base: page.dataset.base, verify: page.dataset.verify, tell});

  function tell(event) {
    if (event === "offline" || event === "online") {
      offline = event === "offline";
      show(at("offline"), offline);
      document.querySelectorAll("[data-online]").forEach((link) => link.classList.toggle("unreachable", offline));
      if (!offline) show(at("session"), false);
    }
    if (event === "session") show(at("session"), true);
    if (event === "ended") {
      show(at("ended"), true);
      at("left").textContent = list.all.length ? say("left", {n: list.all.length}) : "";
      at("results").replaceChildren();
      const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
      if (worker) worker.postMessage("erase");
    }
    draw();
  }

  function draw() {
    const said = offline ? [words.offline] : [];
    if (list.acts && list.acts.length) said.push(say("pending", {n: list.acts.length}));
    if (list.others) said.push(say("others", {n: list.others}));
    if (!list.ready && page.hasAttribute("data-kept") && at("ended").hidden) said.push(say("no_list"));
    if (list.ready && !list.open) said.push(say("too_early"));
    at("said").textContent = said.join(" · ");
    at("said").classList.toggle("waiting", offline || Boolean(list.acts && list.acts.length));
    if (!list.ready) return;
    at("heard").textContent = list.kept.heard ? say("heard", {hour: list.hour(list.kept.heard)}) : "";
    const figures = list.figures();
    for (const name of ["present", "expected", "waiting"]) at(name).textContent = figures[name];
    show(at("figures"), true);
    results();
  }

  function results() {
    const text = input.value.trim();
    if (!text && !chosen.length) {
      if (list.drawn) at("results").replaceChildren();
      return;
    }
    list.drawn = true;
    const found = text ? list.search(text) : chosen.map((key) => list.byKey.get(key)).filter(Boolean);
    const cards = found.slice(0, SHOWN).map(card);
    const focused = document.activeElement && document.activeElement.dataset.key;
    if (text && !found.length) cards.push(note("nobody"));
    if (found.length > SHOWN) cards.push(note("more", {n: found.length - SHOWN}));
    at("results").replaceChildren(...cards);
    if (focused) {
      const button = page.querySelector(`button[data-key="${focused}"]:not([hidden])`);
      if (button) button.focus();
    }
  }

  function note(word, parts) {
    const paragraph = document.createElement("p");
    paragraph.className = "empty soft";
    paragraph.textContent = say(word, parts);
    return paragraph;
  }

  function card(one) {
    const made = at("card").content.firstElementChild.cloneNode(true);
    const put = (name, text) => { at(name, made).textContent = text; };
    put("name", one.n);
    put("name-ar", one.m);
    put("function", one.f);
    put("organisation", one.o);
    put("category", one.g ? one.g + " ·" : "");
    put("code", one.c.slice(0, 3) + " " + one.c.slice(3));
    const place = list.hasPlace(one, door), standing = list.standing(one.k, door), first = standing[0];
    if (!place || one.s === "asked") {
      show(at("standing", made), true);
      put("standing-words", !place && one.s === "seated" ? words.no_workshop : words["status_" + one.s] || one.s);
    }
    const mark = at("mark", made), back = at("back", made), decide = at("decide", made);
    mark.dataset.key = back.dataset.key = one.k;
    if (first) {
      made.classList.add("there");
      show(at("since", made), true);
      put("since-words", say("since", {hour: first.hour}));
      put("by", say("by", {who: first.by || words.me}));
    }
    show(back, Boolean(first));
    show(mark, !first && list.open && (place || offline));
    show(at("settle", made), !first && !place && offline);
    show(decide, !first && !place && !offline && list.open);
    decide.href = page.dataset.base + "personne/" + one.k + "/" + (door === null ? "" : "?porte=" + door);
    mark.addEventListener("click", () => { keep(one.k); list.mark(one.k, door); });
    back.addEventListener("click", () => { keep(one.k); list.takeBack(one.k, door); });
    return made;
  }

  /* After a press the person stays before the eyes, for the time and for the undo. */
  function keep(key) {
    chosen = [key];
  }

  async function badge(text) {
    show(at("camera"), false);
    const token = /\/inscription\/badge\/([^/?#]+)\/?(?:[?#]|$)/.exec(text);
    if (!token) return tellCamera("not_a_badge");
    let one = await list.ofBadge(token[1]);
    if (!one && !offline) {
      await list.talk({list: true});
      one = await list.ofBadge(token[1]);
    }
    if (one) {
      input.value = "";
      chosen = [one.k];
      draw();
      const title = at("results").querySelector("h2");
      if (title) title.focus();
    } else if (!offline) {
      location.assign(new URL(text, location.href).pathname);
    } else {
      tellCamera("unknown_badge");
    }
  }

  function tellCamera(word) {
    chosen = [];
    list.drawn = true;
    at("results").replaceChildren(note(word));
  }

  const scanner = new Day.Scanner({box: at("camera"), source: page.dataset.scanner, found: badge});
  const scan = at("scan");
  show(scan, Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia));
  scan.addEventListener("click", async () => {
    show(at("camera"), true);
    at("camera-said").textContent = words.camera_on;
    try {
      await scanner.start();
    } catch (error) {
      at("camera-said").textContent = words.camera_refused;
    }
  });
  at("scan-stop").addEventListener("click", () => { scanner.stop(); show(at("camera"), false); });

  input.addEventListener("input", () => { if (list.ready) { chosen = []; results(); } });
  input.form.addEventListener("submit", (event) => {
    if (!list.ready) return;
    event.preventDefault();
    chosen = [];
    results();
  });
  page.querySelectorAll("[data-door]").forEach((link) => link.addEventListener("click", (event) => {
    if (!list.ready) return;
    event.preventDefault();
    door = link.dataset.door ? Number(link.dataset.door) : null;
    page.querySelectorAll("[data-door]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    draw();
  }));
  document.querySelectorAll("[data-leave]").forEach((link) => link.addEventListener("click", async (event) => {
    event.preventDefault();
    await Day.store.erase(page.dataset.day);
    location.assign(link.href);
  }));

  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(page.dataset.base + "agent.js", {scope: page.dataset.base}).catch(() => null);
    navigator.serviceWorker.ready.then((ours) => { if (ours.active) ours.active.postMessage("keep"); });
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  list.begin();
})();
