// SPDX-License-Identifier: Apache-2.0
// Locks the page when nobody is there: a warning with seconds first. Without script the server does it at the next request.
(() => {
  "use strict";
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const limit = Number(dialog.dataset.idle) * 1000;
  const warn = Math.min(60000, limit / 2);
  const PING_MS = 60000;      // the server hears of somebody who types for long, at most once a minute
  const form = dialog.querySelector("form");
  const seconds = dialog.querySelector("[data-idle-seconds]");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("xenia-here") : null;
  let last = Date.now(), told = Date.now(), locking = false;

  const tellServer = () => {
    if (Date.now() - told < PING_MS) return;
    told = Date.now();
    fetch(dialog.dataset.here, { method: "POST", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } })
      .then((answer) => { if (answer.redirected) location.assign(answer.url); }).catch(() => {});
  };
  const here = () => {
    last = Date.now();
    if (dialog.open) dialog.close();
  };
  const active = () => {
    here();
    if (others) others.postMessage("here");
    tellServer();
  };
  // On the window, so that a reader's first key finds the dialog closed already and is not lost.
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) addEventListener(kind, active, { capture: true, passive: true });
  if (others) others.addEventListener("message", here);
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "1";
    else told = Date.now();
  });

  setInterval(() => {
    const left = Math.ceil((limit - (Date.now() - last)) / 1000);
    if (left <= 0 && !locking) {
      locking = true;
      form.submit();
    } else if (left * 1000 <= warn) {
      if (seconds.textContent !== String(Math.max(0, left))) seconds.textContent = Math.max(0, left);
      if (!dialog.open && !document.querySelector("dialog[open]")) dialog.showModal();
    }
  }, 1000);
})();
