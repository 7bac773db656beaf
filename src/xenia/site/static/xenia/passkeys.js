// SPDX-License-Identifier: Apache-2.0
// Passkeys: asks the browser to make or show one, and sends its answer with the form. Without script the password serves.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async ({ publicKey }) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
    } });
    return { ...common(made), response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
    } };
  };
  const show = async ({ publicKey }) => {
    const shown = await navigator.credentials.get({ publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    } });
    const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
    return { ...common(shown), response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      ...(userHandle ? { userHandle: text(userHandle) } : {}),
    } };
  };
  const common = (one) => ({
    id: one.id, rawId: text(one.rawId), type: one.type,
    clientExtensionResults: one.getClientExtensionResults(),
  });

  const options = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok || answer.redirected) throw new Error("no options");
    return (await answer.json()).request_options;
  };
  const tell = (form, words) => {
    const place = form.querySelector("[data-trouble]");
    place.textContent = words;
    place.hidden = false;
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const possible = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;
    form.hidden = false;
    if (!possible) {
      tell(form, form.dataset.impossible);
      form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
      return;
    }
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      const button = form.querySelector("button");
      button.setAttribute("aria-busy", "true");
      try {
        const asked = await options(form);
        const said = form.dataset.passkey === "make" ? await make(asked) : await show(asked);
        form.elements.credential.value = JSON.stringify(said);
        form.submit();
      } catch (error) {
        button.removeAttribute("aria-busy");
        tell(form, error.name === "InvalidStateError" ? form.dataset.twice || form.dataset.failed : form.dataset.failed);
        button.focus();
      }
    });
  });
})();
