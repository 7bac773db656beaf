// SPDX-License-Identifier: Apache-2.0
// The document field of a lane: a reader that types like a keyboard may type anywhere on the page.
(() => {
  "use strict";
  const field = document.getElementById("document");
  if (!field) return;
  const GAP_MS = 50;        // keys closer than this, several in a row, come from a reader and not from fingers
  const SURE = 6;           // so many in a row, and text already typed elsewhere is moved to the field
  const REST_MS = 250;      // after the last key of a reader that sends no line end, or after one line of several
  const DEAF_MS = 600;      // line ends that trail behind a document already sent
  const WHOLE = new Set([88, 72, 90]);          // 2x44, 2x36, 3x30
  const BETWEEN = new Set([44, 36, 30, 60]);    // a line of several is complete, another follows
  const form = field.form;
  let last = -Infinity, run = 0, held = "", elsewhere = null, before = "", rest = 0, sentAt = -Infinity, kept = "";

  const bare = () => field.value.replace(/\s+/g, "");
  const looksRead = (text) => /^[A-Z0-9<]+$/i.test(text) && text.includes("<");
  const send = () => {
    clearTimeout(rest);
    if (!bare()) return;
    sentAt = performance.now();
    form.requestSubmit();
  };
  const soon = () => {
    clearTimeout(rest);
    rest = setTimeout(send, REST_MS);
  };
  const take = (text) => {
    field.focus({ preventScroll: true });
    field.value += text;
  };
  const editable = (element) =>
    element !== field && element.matches("textarea, input:not([type=checkbox], [type=radio], [type=submit], [type=button]), select");

  const lineEnd = (event, burst) => {
    const text = bare();
    if (performance.now() - sentAt < DEAF_MS && !text) return event.preventDefault();
    if (document.activeElement !== field) return undefined;
    if (event.key === "Tab" && !burst) return undefined;
    event.preventDefault();
    if (!text) return undefined;
    if (looksRead(text) && BETWEEN.has(text.length)) {
      field.value += " ";
      return soon();
    }
    return send();
  };

  document.addEventListener("keydown", (event) => {
    const feed = event.ctrlKey && event.key.toLowerCase() === "j";   // how some readers send LF
    if (!feed && (event.ctrlKey || event.altKey || event.metaKey)) return;
    if (document.querySelector("dialog[open]")) return;
    const now = event.timeStamp;    // when the key was pressed, however busy the page is
    const burst = now - last < GAP_MS;
    if (feed || event.key === "Enter" || event.key === "Tab") return void lineEnd(event, now - last < 3 * GAP_MS);
    if (event.key.length !== 1 || event.key === " ") return;   // no document has a space; buttons are pressed with it
    last = now;
    run = burst ? run + 1 : 1;
    const active = document.activeElement || document.body;
    if (active === field) {
      clearTimeout(rest);
      rest = setTimeout(() => { if (run > SURE && WHOLE.has(bare().length)) send(); }, REST_MS);
      return;
    }
    if (editable(active)) return void fromField(active, event);
    fromPage(event, burst);
  }, true);

  // Nothing has the focus that could hold text: hold the first key a moment; a second one at once makes it a reader.
  const fromPage = (event, burst) => {
    if (burst && held) {
      event.preventDefault();
      event.stopImmediatePropagation();
      take(held + event.key);
      held = "";
      return;
    }
    event.preventDefault();
    held = event.key;
    setTimeout(() => {
      if (!held) return;
      take(held);
      held = "";
    }, GAP_MS + 5);
  };

  // Another field has the focus: once it is sure to be a reader, take its text out of there.
  const fromField = (active, event) => {
    if (run === 1) {
      elsewhere = active;
      before = active.value;
      held = "";
    }
    held += event.key;
    if (run < SURE || elsewhere !== active) return;
    event.preventDefault();
    active.value = before;
    take(held);
    held = "";
  };

  form.addEventListener("submit", (event) => {
    if (!bare()) event.preventDefault(), event.stopImmediatePropagation();
    sentAt = performance.now();
  }, true);

  const ours = (event) => event.detail.requestConfig.elt === form;
  const show = (id) => document.getElementById("desk").replaceChildren(document.getElementById(id).content.cloneNode(true));
  document.addEventListener("htmx:beforeSend", (event) => {
    if (!ours(event)) return;
    kept = field.value;
    field.value = "";
    show("reading");        // the keys of the document before this one are gone at once
  });
  // Nothing typed is lost: text that could not be read comes back, marked, so that the next document replaces it.
  const giveBack = (event) => {
    if (ours(event) && !field.value) field.value = kept;
    field.focus({ preventScroll: true });
    field.select();
  };
  // The line: said at once when an answer fails to come, even to the question for news, and until when it was away.
  const line = document.getElementById("line");
  let lostAt = 0;
  const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang + "-u-nu-latn", {
    timeZone: (document.querySelector("[data-clock]") || { dataset: {} }).dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(at);
  const tell = (id, times) => {
    const words = document.getElementById(id).content.cloneNode(true);
    Object.entries(times).forEach(([name, at]) => { words.querySelector(`[data-${name}]`).textContent = clock(at); });
    line.replaceChildren(words);
    line.hidden = false;
  };
  const lost = () => {
    if (lostAt) return;
    lostAt = Date.now();
    tell("line-lost-words", { from: lostAt });
  };
  const back = () => {
    if (!lostAt) return;
    tell("line-back-words", { from: lostAt, to: Date.now() });
    lostAt = 0;
  };
  const trouble = (event) => {
    lost();
    if (event.detail.elt.closest("#news")) return;    // what stands on the desk stays
    show("line-lost");
    giveBack(event);
  };
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:timeout", trouble);
  document.addEventListener("htmx:afterRequest", (event) => {
    const { status } = event.detail.xhr;
    if (status >= 502 && status <= 504) lost();
    else if (status) {
      if (ours(event) && !lostAt && event.detail.successful) line.hidden = true;
      back();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "desk") return;
    if (event.detail.xhr.status >= 400) giveBack(event);
    else field.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", () => field.focus()));
  field.focus({ preventScroll: true });
})();
