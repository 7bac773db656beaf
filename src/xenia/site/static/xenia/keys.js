// SPDX-License-Identifier: Apache-2.0
// Function keys, the clock, and seconds that run out. Pages work without it: every key is a button or a link too.
(() => {
  "use strict";
  const typing = (element) =>
    element && (element.matches("textarea, select, [contenteditable]") ||
      (element.matches("input") && !/^(button|submit|reset|checkbox|radio|image)$/.test(element.type)));
  const seen = (element) => element.offsetParent !== null || getComputedStyle(element).position === "fixed";
  const named = (/^(F\d+|Escape)$/);

  // Single letters and digits act only while the focus is inside their group (WCAG 2.1.4).
  const find = (key, active) => {
    const scope = named.test(key) ? document : active.closest("[data-keys]");
    if (!scope) return null;
    const open = document.querySelector("dialog[open]");
    return [...(open || scope).querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen) || null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat && named.test(event.key)) return;
    const active = document.activeElement || document.body;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (event.defaultPrevented || (!named.test(key) && (key.length > 1 || typing(active)))) return;
    const target = find(key, active);
    if (!target) return;
    event.preventDefault();
    if (target.getAttribute("aria-disabled") === "true") return;
    if (target.dataset.opens) document.getElementById(target.dataset.opens).showModal();
    else target.click();
    if (target.matches("input")) target.focus();   // Tab then leads to what the choice asks for
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-opens], [data-closes], [data-print], [aria-disabled=true]");
    if (!target) return;
    event.preventDefault();
    if (target.dataset.opens) document.getElementById(target.dataset.opens).showModal();
    else if (target.dataset.closes !== undefined) target.closest("dialog").close();
    else if (target.dataset.print !== undefined) window.print();
  }, true);

  // Seconds left of a take-back; the element goes when they have run out.
  const began = new WeakMap();
  const countDown = (element) => {
    if (!began.has(element)) began.set(element, performance.now());
    const whole = Number(element.dataset.of);
    const left = Math.ceil(Number(element.dataset.left) - (performance.now() - began.get(element)) / 1000);
    if (left <= 0) return void element.remove();
    element.querySelector("[data-seconds]").textContent = left;
    element.querySelector("svg :last-child").setAttribute("stroke-dasharray", `${(100 * left) / whole} 100`);
  };
  // Minutes somebody has waited.
  const waited = (element) => {
    element.textContent = Math.max(0, Math.floor((Date.now() - Date.parse(element.dataset.since)) / 60000));
  };
  const clock = (element) => {
    const parts = new Intl.DateTimeFormat(document.documentElement.lang + "-u-nu-latn", {
      timeZone: element.dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).format(new Date());
    const text = element.firstElementChild;
    text.textContent = text.textContent.replace(/\d\d:\d\d$/, parts);
  };
  const tick = () => {
    document.querySelectorAll("[data-left]").forEach(countDown);
    document.querySelectorAll("[data-since]").forEach(waited);
    document.querySelectorAll("[data-clock]").forEach(clock);
  };
  setInterval(tick, 1000);
  tick();

  const summary = document.querySelector(".errors");
  if (summary) summary.focus();
})();
