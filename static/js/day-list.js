/* The list of one stop on this device: who is on it, who is there, and the talk with the portal. */
"use strict";
self.Day = self.Day || {};
(() => {
  const EVERY = 20000, LIST_EVERY = 120000, PATIENCE = 10000, MOST = 200;

  const cookie = (name) => {
    const found = document.cookie.split("; ").find((part) => part.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  };

  /* `tell(event)` hears "changed", "offline", "online", "ended", "session". */
  Day.List = class {
    constructor({slug, base, verify, tell}) {
      Object.assign(this, {slug, base, verify, tell});
      this.people = [];
      this.byKey = new Map();
      this.marks = new Map();
      this.acts = [];
      this.since = null;
      this.kept = null;
      this.listAt = 0;
      this.busy = null;
    }

    async begin() {
      await Day.store.expire();
      this.device = await Day.store.device();
      this.take(await Day.store.get(this.slug, this.verify));
      await this.recount();
      this.tell("changed");
      await this.talk();
      setInterval(() => { if (!document.hidden || this.isOver()) this.talk(); }, EVERY);
      addEventListener("online", () => this.talk());
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.talk(); });
    }

    get ready() { return this.kept !== null; }
    get open() { return this.ready && Date.now() >= Date.parse(this.list.opens); }

    take(kept) {
      this.kept = kept;
      if (!kept) return;
      this.list = JSON.parse(kept.text);
      this.people = this.list.people;
      this.byKey = new Map(this.people.map((one) => [one.k, one]));
      this.marks = new Map(kept.marks || []);
      this.since = kept.since || null;
    }

    /* The portal was heard, whatever it said; else null, and the device is alone. */
    async ask(path, options = {}) {
      const stop = new AbortController(), late = setTimeout(() => stop.abort(), PATIENCE);
      let answer;
      try {
        answer = await fetch(this.base + path, {credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options});
      } catch (error) {
        this.tell("offline");
        return null;
      } finally {
        clearTimeout(late);
      }
      if (answer.status === 404 || answer.status === 410) {
        await this.end();
        return null;
      }
      if (answer.status >= 500) {
        this.tell("offline");
        return null;
      }
      if (answer.redirected || answer.status === 403) {
        this.tell("session");
        return null;
      }
      this.tell("online");
      return answer;
    }

    /* Fetch the list when it is old, send what is kept, hear what is new. One talk at a time. */
    talk({list = false} = {}) {
      if (!this.busy) this.busy = this.exchange(list).finally(() => { this.busy = null; });
      return this.busy;
    }

    /* The access ends at its hour, whether there is a network to say so or not. */
    isOver() {
      return Boolean(this.ready && Date.now() >= Date.parse(this.kept.until));
    }

    async exchange(list) {
      if (this.isOver()) await this.end();
      if (list || !this.ready || Date.now() - this.listAt > LIST_EVERY) await this.fetchList();
      if (!this.ready) return;
      let more = true;
      while (more) more = await this.send();
    }

    async fetchList() {
      const headers = this.kept ? {"If-None-Match": this.kept.etag} : {};
      const answer = await this.ask("liste.json", {headers});
      if (!answer) return;
      this.listAt = Date.now();
      if (answer.status === 304) return this.remember({heard: new Date().toISOString()});
      if (!answer.ok) return;
      const {list, signature, key, until} = await answer.json();
      if (!(await Day.store.genuine(list, signature, this.verify))) return;
      if (Date.now() >= Date.parse(until)) return this.end();
      const before = this.kept || {};
      const same = before.text && JSON.parse(before.text).me === JSON.parse(list).me;
      this.take({
        text: list, signature, until, etag: answer.headers.get("ETag"), heard: new Date().toISOString(),
        marks: same ? before.marks : [], since: same ? before.since : null,
      });
      await Day.store.put(this.slug, this.kept, key, until);
      await this.recount();
      this.tell("changed");
    }

    async remember(news) {
      Object.assign(this.kept, news);
      await Day.store.put(this.slug, this.kept, null, this.kept.until);
    }

    async recount() {
      this.all = await Day.store.acts(this.slug);
      this.acts = this.ready ? this.all.filter((act) => act.me === this.list.me) : [];
      this.others = this.all.length - this.acts.length;
    }

    async send() {
      const acts = this.acts.slice(0, MOST);
      const body = JSON.stringify({
        sent_at: new Date().toISOString(), device: this.device, since: this.since,
        acts: acts.map(({act, id, key, meeting, mark, at}) => ({act, id, key, meeting, mark, at})),
      });
      const answer = await this.ask("marques/", {
        method: "POST", body,
        headers: {"Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken")},
      });
      if (!answer || !answer.ok) return false;
      const {stored, unknown, marks, since} = await answer.json();
      const heard = new Set([...stored, ...unknown]);
      await Day.store.forget(acts.filter((act) => heard.has(act.act === "mark" ? act.id : act.mark)).map((act) => act.n));
      for (const mark of marks) this.marks.set(mark.id, mark);
      this.since = since;
      await this.recount();
      await this.remember({marks: Array.from(this.marks), since, heard: new Date().toISOString()});
      this.tell("changed");
      return acts.length > 0 && this.acts.length > 0;
    }

    /* Marks of a person at a door that stand: what the portal told and what this device did since. */
    standing(key, door) {
      const undone = new Set(this.acts.filter((act) => act.act === "back").map((act) => act.mark));
      const told = Array.from(this.marks.values()).filter((mark) => mark.k === key && mark.m === door && !mark.undone);
      const here = this.acts
        .filter((act) => act.act === "mark" && act.key === key && act.meeting === door && !this.marks.has(act.id))
        .map((act) => ({id: act.id, k: key, m: door, at: act.at, hour: this.hour(act.at), by: null}));
      return [...told, ...here]
        .filter((mark) => !undone.has(mark.id))
        .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    }

    /* Clocks at the door, wherever the telephone thinks it is. */
    hour(at) {
      return new Date(Date.parse(at) + this.list.offset * 60000).toISOString().slice(11, 16);
    }

    async mark(key, door) {
      await this.act({act: "mark", id: Day.uuid(), key, meeting: door});
    }

    async takeBack(key, door) {
      for (const mark of this.standing(key, door)) await this.act({act: "back", mark: mark.id});
    }

    async act(act) {
      await Day.store.add({...act, at: new Date().toISOString(), slug: this.slug, me: this.list.me});
      await this.recount();
      this.tell("changed");
      this.talk();
    }

    search(typed) {
      const words = Day.fold(typed).split(" ").filter(Boolean), code = Day.code(typed);
      if (!words.length) return [];
      return this.people.filter((one) => (code && one.c === code) || words.every((word) => one.x.includes(word)));
    }

    hasPlace(one, door) {
      if (one.k.startsWith("invitation:")) return true;
      return one.s === "seated" && (door === null || one.w.includes(door));
    }

    async ofBadge(token) {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      return this.people.find((one) => one.b === hex.slice(0, 32)) || null;
    }

    figures() {
      const there = new Set();
      for (const one of this.people) if (this.standing(one.k, null).length) there.add(one.k);
      return {
        present: this.people.filter((one) => there.has(one.k) && (one.s === "seated" || one.s === "asked")).length,
        expected: this.people.filter((one) => one.s === "seated").length,
        waiting: this.people.filter((one) => one.s === "waiting").length,
      };
    }

    async end() {
      await Day.store.erase(this.slug);
      this.take(null);
      this.people = [];
      this.byKey = new Map();
      this.marks = new Map();
      await this.recount();
      this.tell("ended");
    }
  };
})();
