/* What a device at the door keeps: the list, locked away, and what was done and not sent yet.

   The list lies in IndexedDB as AES-GCM ciphertext. Its key comes from the portal with the list, is made
   unreadable to scripts, and is thrown away with the list when the access ends. What was done (« présent »)
   names nobody, only numbers, and stays until the portal has it. Read by the page and by the worker. */
"use strict";
self.Day = self.Day || {};
(() => {
  const NAME = "accueil";
  let opened = null;

  const open = () => {
    if (!opened) {
      opened = new Promise((resolve, reject) => {
        const asked = indexedDB.open(NAME, 1);
        asked.onupgradeneeded = () => {
          asked.result.createObjectStore("boxes", {keyPath: "slug"});
          asked.result.createObjectStore("acts", {keyPath: "n", autoIncrement: true});
          asked.result.createObjectStore("own", {keyPath: "name"});
        };
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      opened.catch(() => { opened = null; });
    }
    return opened;
  };

  /* One transaction; `work` answers the request whose result is wanted. */
  const within = async (store, mode, work) => {
    const base = await open();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked && asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };

  const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const over = (until) => Date.now() >= Date.parse(until);

  const genuine = async (text, signature, verify) => {
    const curve = {name: "ECDSA", namedCurve: "P-256"};
    const key = await crypto.subtle.importKey("raw", bytes(verify), curve, false, ["verify"]);
    const how = {name: "ECDSA", hash: "SHA-256"};
    return crypto.subtle.verify(how, key, bytes(signature), new TextEncoder().encode(text));
  };

  Day.store = {
    /* Lock `kept` ({text, signature, …}) away under the key the portal gave. */
    async put(slug, kept, raw, until) {
      const key = raw
        ? await crypto.subtle.importKey("raw", bytes(raw), "AES-GCM", false, ["encrypt", "decrypt"])
        : (await within("boxes", "readonly", (boxes) => boxes.get(slug)) || {}).key;
      if (!key) return;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(kept));
      const box = await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, plain);
      await within("boxes", "readwrite", (boxes) => boxes.put({slug, key, until, iv, box}));
    },
    /* What was locked away, checked; null when there is nothing, or nothing to be trusted. */
    async get(slug, verify) {
      const row = await within("boxes", "readonly", (boxes) => boxes.get(slug));
      if (!row) return null;
      if (over(row.until)) {
        await this.erase(slug);
        return null;
      }
      try {
        const plain = await crypto.subtle.decrypt({name: "AES-GCM", iv: row.iv}, row.key, row.box);
        const kept = JSON.parse(new TextDecoder().decode(plain));
        if (await genuine(kept.text, kept.signature, verify)) return kept;
      } catch (error) {
        if (!(error instanceof DOMException) && !(error instanceof SyntaxError)) throw error;
      }
      await this.erase(slug);
      return null;
    },
    erase: (slug) => within("boxes", "readwrite", (boxes) => boxes.delete(slug)),
    /* Whatever has ended on this device, of any stop; the worker calls it whenever it wakes. */
    async expire() {
      const rows = await within("boxes", "readonly", (boxes) => boxes.getAll());
      for (const row of rows) if (over(row.until)) await this.erase(row.slug);
    },
    genuine,
    add: (act) => within("acts", "readwrite", (acts) => acts.add(act)),
    acts: async (slug) => (await within("acts", "readonly", (acts) => acts.getAll())).filter((act) => act.slug === slug),
    forget: (numbers) => within("acts", "readwrite", (acts) => { numbers.forEach((n) => acts.delete(n)); }),
    async device() {
      const known = await within("own", "readonly", (own) => own.get("device"));
      if (known) return known.value;
      const value = Day.uuid();
      await within("own", "readwrite", (own) => own.put({name: "device", value}));
      return value;
    },
  };

  Day.uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const random = crypto.getRandomValues(new Uint8Array(16));
    random[6] = (random[6] & 0x0f) | 0x40;
    random[8] = (random[8] & 0x3f) | 0x80;
    const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
})();
