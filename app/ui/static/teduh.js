/* Conveniences only: every page works without this file. Text is set with textContent, nothing is
   built from strings, and no value of a case is kept anywhere but in the page itself. */
(function () {
  "use strict";

  var all = function (selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  };

  /* Quick exit: empty the screen first, since the next page may come slowly. */
  var exit = document.querySelector("[data-quick-exit]");
  function leave() {
    guarding = false;
    document.documentElement.classList.add("t-gone");
    document.title = " ";
    window.location.replace(exit.href);
  }
  if (exit) {
    exit.addEventListener("click", function (event) { event.preventDefault(); leave(); });
    var presses = [];
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") { presses = []; return; }
      presses = presses.filter(function (at) { return event.timeStamp - at < 2000; });
      presses.push(event.timeStamp);
      if (presses.length === 3) { leave(); }
    });
  }

  /* The menu closes on Escape and on a touch outside it. */
  var menu = document.querySelector("[data-menu]");
  if (menu) {
    document.addEventListener("click", function (event) {
      if (menu.open && !menu.contains(event.target)) { menu.open = false; }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }

  /* The error summary takes the focus, so that it is read first. */
  var summary = document.querySelector("[data-focus]");
  if (summary) { summary.focus(); }

  /* Revealed values go back behind the mask. */
  function hide(shown) {
    if (!shown.hasAttribute("data-reveal-seconds")) { return; }
    var note = document.createElement("p");
    shown.removeAttribute("data-reveal-seconds");
    shown.className = "t-mask";
    shown.textContent = "••••••";
    note.className = "t-why";
    note.setAttribute("role", "status");
    note.textContent = shown.getAttribute("data-hidden-text");
    shown.insertAdjacentElement("afterend", note);
  }
  function hideAll() { all("[data-reveal-seconds]", hide); }
  all("[data-reveal-seconds]", function (shown) {
    window.setTimeout(hide, Number(shown.getAttribute("data-reveal-seconds")) * 1000, shown);
  });
  window.addEventListener("pagehide", hideAll);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { hideAll(); } });

  /* One press sends a form once; coming back with the Back button frees it again. */
  all("form[data-once]", function (form) {
    form.addEventListener("submit", function (event) {
      if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
      form.setAttribute("data-sent", "");
      window.setTimeout(function () {
        Array.prototype.forEach.call(form.querySelectorAll("button[type=submit]"), function (button) {
          button.disabled = true;
        });
      }, 0);
    });
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    all("form[data-sent]", function (form) {
      form.removeAttribute("data-sent");
      Array.prototype.forEach.call(form.querySelectorAll("button[type=submit]"), function (button) {
        button.disabled = false;
      });
    });
  });

  /* A form that waited until it was known who it is goes on by itself. */
  all("form[data-resume]", function (form) {
    window.HTMLFormElement.prototype.submit.call(form);
  });

  /* Leaving a form that was changed asks first. A form sent back with errors counts as changed. */
  var guarding = true;
  function changed(form) {
    if (form.hasAttribute("data-keeps")) { return form.hasAttribute("data-unkept"); }
    if (form.parentNode.querySelector("[data-focus]")) { return true; }
    return Array.prototype.some.call(form.elements, function (entry) {
      if (entry.type === "hidden" || !entry.name) { return false; }
      if (entry.type === "checkbox" || entry.type === "radio") { return entry.checked !== entry.defaultChecked; }
      if (entry.options) {
        var preset = Array.prototype.some.call(entry.options, function (option) { return option.defaultSelected; });
        return Array.prototype.some.call(entry.options, function (option, at) {
          var before = preset || entry.multiple ? option.defaultSelected : at === 0;
          return option.selected !== before;
        });
      }
      return entry.value !== entry.defaultValue;
    });
  }
  document.addEventListener("submit", function (event) {
    if (event.target.matches("form[data-guard]")) { guarding = false; }
  });

  /* What is typed is kept on the server as one goes; while the network is away it stays in the open
     page and is sent again. Nothing is stored in the browser. */
  all("form[data-autosave]", function (form) {
    var note = form.querySelector("[data-autosave-note]");
    var timer = null;
    var wait = 3000;
    var sending = false;
    var over = false;
    var version = 0;
    function say(text) { if (note && note.textContent !== text) { note.textContent = text; } }
    function later(after) {
      window.clearTimeout(timer);
      if (!over) { timer = window.setTimeout(keep, after); }
    }
    function keep() {
      if (sending || over || !form.hasAttribute("data-unkept")) { return; }
      var sent = version;
      sending = true;
      window.fetch(form.getAttribute("data-autosave"), {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
        redirect: "manual", headers: { Accept: "application/json" }
      }).then(function (answer) {
        if (answer.ok) {
          return answer.json().then(function (news) {
            wait = 3000;
            say(news.sentence);
            if (sent === version) { form.removeAttribute("data-unkept"); }
          });
        }
        if (answer.status === 422) { return answer.json().then(function (news) { say(news.sentence); over = sent === version; }); }
        if (answer.type === "opaqueredirect" || (answer.status < 500 && answer.status !== 429)) {
          over = true;
          say(note.getAttribute("data-stopped-text"));
          return null;
        }
        throw new Error("later");
      }).catch(function () {
        wait = Math.min(wait * 1.6, 30000);
        say(note.getAttribute("data-offline-text"));
      }).then(function () {
        sending = false;
        if (form.hasAttribute("data-unkept")) { later(wait); }
      });
    }
    form.addEventListener("input", function () {
      version += 1;
      over = false;
      form.setAttribute("data-unkept", "");
      form.setAttribute("data-keeps", "");
      later(wait);
    });
    form.addEventListener("submit", function () { over = true; window.clearTimeout(timer); });
    window.addEventListener("online", function () { later(0); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) { keep(); } });
  });
  window.addEventListener("beforeunload", function (event) {
    var forms = document.querySelectorAll("form[data-guard]");
    if (guarding && Array.prototype.some.call(forms, changed)) { event.preventDefault(); }
  });

  /* Showing what one types, and copying a code. */
  all("[data-toggle-password]", function (button) {
    var entry = document.getElementById(button.getAttribute("data-toggle-password"));
    var plain = button.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      var show = entry.type === "password";
      entry.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", String(show));
      button.textContent = show ? button.getAttribute("data-shown-text") : plain;
    });
  });
  all("[data-copy]", function (button) {
    var code = button.parentNode.querySelector("[data-code]");
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(code.getAttribute("data-code")).then(function () {
        button.lastElementChild.textContent = button.getAttribute("data-copied-text");
      }, function () { window.getSelection().selectAllChildren(code); });
    });
  });

  /* Following a letter: ask, wait a little longer each time, stop while nobody looks. */
  all("[data-poll-url]", function (panel) {
    var wait = 1000;
    var longest = 15000;
    var timer = null;
    var over = false;
    var asking = false;
    var began = Date.now();
    var part = function (name) { return panel.querySelector("[data-poll-" + name + "]"); };
    var say = function (name) { part("note").textContent = name ? panel.getAttribute("data-" + name + "-text") : ""; };

    function put(target, text) {
      if (target && text && target.textContent !== text) { target.textContent = text; }
    }
    function mark(state, done) {
      var steps = panel.querySelectorAll("[data-step]");
      var at = -1;
      Array.prototype.forEach.call(steps, function (step, index) {
        if (step.getAttribute("data-step") === state) { at = index; }
      });
      if (at < 0) { return; }
      Array.prototype.forEach.call(steps, function (step, index) {
        step.removeAttribute("aria-current");
        step.className = index < at || done ? "t-step-past" : "t-step-next";
        if (index === at && !done) { step.className = "t-step-now"; step.setAttribute("aria-current", "step"); }
      });
    }
    function show(news) {
      var usual = Number(news.usual_seconds);
      put(part("label"), news.label);
      put(part("sentence"), news.sentence);
      mark(news.state, news.done);
      say(!news.done && usual > 0 && Date.now() - began > usual * 2000 ? "late" : "");
      if (!news.done) { return; }
      over = true;
      panel.classList.add("t-done");
      if (part("usual")) { part("usual").hidden = true; }
      if (typeof news.next_url === "string" && /^\/(?![\/\\])/.test(news.next_url)) {
        part("next").href = news.next_url;
        part("next").hidden = false;
      }
    }
    function later() {
      window.clearTimeout(timer);
      if (!over && !document.hidden) { timer = window.setTimeout(ask, wait); }
      wait = Math.min(wait * 1.4, longest);
    }
    function ask() {
      if (asking || over) { return; }
      asking = true;
      window.fetch(panel.getAttribute("data-poll-url"), {
        credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }
      }).then(function (answer) {
        if (answer.ok) { return answer.json().then(show); }
        if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
          over = true;
          say("stopped");
        } else { say("offline"); }
      }).catch(function () { say("offline"); }).then(function () { asking = false; later(); });
    }
    document.addEventListener("visibilitychange", function () {
      window.clearTimeout(timer);
      if (!document.hidden && !over) { wait = 1000; ask(); }
    });
    later();
  });
}());
