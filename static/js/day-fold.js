/* Names as professionals/names.py compares them: case, accents, hyphens, apostrophes, forms of Arabic letters. */
"use strict";
self.Day = self.Day || {};
(() => {
  const SAME = {
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ڭ": "ك", "گ": "ك", "ـ": "", "ء": "",
    "'": "", "’": "", "‘": "", "ʼ": "", "ʿ": "", "ʾ": "", "`": "", "´": "",
  };
  const same = (text) => Array.from(text, (sign) => (sign in SAME ? SAME[sign] : sign)).join("");
  Day.fold = (text) => {
    const plain = same(same(text.normalize("NFKD").toLowerCase()).normalize("NFKD"));
    return plain
      .replace(/[\p{Mn}\p{Cf}]/gu, "")
      .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
      .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  };
  /* The code of a badge as professionals/badges.py writes it, "" for what is none. */
  Day.code = (text) => {
    const read = {I: "1", L: "1", O: "0", U: "V"};
    const signs = Day.fold(text).replace(/ /g, "").toUpperCase().replace(/[ILOU]/g, (sign) => read[sign]);
    return /^[0-9A-HJKMNP-TV-Z]{6}$/.test(signs) ? signs : "";
  };
})();
