/* Passkeys: asks the device, puts its answer into the form and sends that. Nothing is kept; without
   this file the buttons stay hidden and every page offers another way. */
(function () {
  "use strict";

  if (!window.PublicKeyCredential || !navigator.credentials || !window.fetch) { return; }

  function bytes(text) {
    var plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); }).buffer;
  }
  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return window.btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function named(list) {
    return (list || []).map(function (one) { return { type: one.type, id: bytes(one.id) }; });
  }
  function asked(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) { options.user.id = bytes(options.user.id); }
    if (options.excludeCredentials) { options.excludeCredentials = named(options.excludeCredentials); }
    if (options.allowCredentials) { options.allowCredentials = named(options.allowCredentials); }
    return options;
  }
  function answered(made) {
    var given = made.response, response = { clientDataJSON: text(given.clientDataJSON) };
    if (given.attestationObject) {
      response.attestationObject = text(given.attestationObject);
    } else {
      response.authenticatorData = text(given.authenticatorData);
      response.signature = text(given.signature);
      if (given.userHandle) { response.userHandle = text(given.userHandle); }
    }
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response: response,
      clientExtensionResults: {}
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("form[data-passkey]"), function (form) {
    var failed = form.querySelector("[data-passkey-failed]");
    var button = form.querySelector("button[type=submit]");
    var does = form.getAttribute("data-passkey");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      button.disabled = true;
      failed.hidden = true;
      window.fetch(form.getAttribute("data-options"), {
        method: "POST", body: new window.FormData(form), credentials: "same-origin",
        headers: { Accept: "application/json" }
      }).then(function (answer) {
        if (!answer.ok) { throw new Error("refused"); }
        return answer.json();
      }).then(function (options) {
        return navigator.credentials[does]({ publicKey: asked(options) });
      }).then(function (made) {
        form.elements.credential.value = answered(made);
        form.submit();
      }).catch(function () {
        button.disabled = false;
        failed.hidden = false;
      });
    });
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-passkey-block]"), function (block) {
    block.hidden = false;
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-passkey-missing]"), function (note) {
    note.hidden = true;
  });
})();
