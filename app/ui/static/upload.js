/* Sends a form with a file and shows how far it is. Whatever goes wrong, the page stays as it is:
   what was typed and chosen is still there. Without this file the form is sent as any other. */
(function () {
  "use strict";

  Array.prototype.forEach.call(document.querySelectorAll("form[data-upload]"), function (form) {
    var faults = document.querySelector("[data-upload-faults]");
    var progress = form.querySelector("[data-upload-progress]");
    var bar = progress.querySelector("progress");
    var note = progress.querySelector("[data-upload-note]");
    var inputs = form.querySelectorAll("input[type=file]");
    var buttons = form.querySelectorAll("button[type=submit]");
    var leaving = false;
    var running = false;

    function word(name) { return form.getAttribute("data-" + name + "-text"); }
    function chosen() {
      return Array.prototype.some.call(inputs, function (input) { return input.files.length > 0; });
    }
    function tell(list) {
      var lines = faults.querySelector("ul");
      lines.textContent = "";
      list.forEach(function (one) {
        var line = document.createElement("li");
        var target = one.field && (document.getElementById(one.field) || document.getElementById(one.field + "-0"));
        var words = target ? document.createElement("a") : document.createElement("span");
        if (target) { words.href = "#" + target.id; }
        words.textContent = one.text;
        line.appendChild(words);
        lines.appendChild(line);
      });
      faults.hidden = false;
      faults.focus();
    }
    function free() {
      running = false;
      progress.hidden = true;
      form.removeAttribute("data-sent");
      Array.prototype.forEach.call(buttons, function (button) { button.disabled = false; });
    }
    function stop(list) { free(); tell(list); }

    /* One of two ways to choose: the other is emptied. */
    Array.prototype.forEach.call(inputs, function (input) {
      input.addEventListener("change", function () {
        Array.prototype.forEach.call(inputs, function (other) { if (other !== input) { other.value = ""; } });
      });
    });

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (running) { return; }
      faults.hidden = true;
      var data = new FormData(form);
      if (event.submitter && event.submitter.name) { data.append(event.submitter.name, event.submitter.value); }
      var most = Number(form.getAttribute("data-max-octets"));
      var large = Array.prototype.some.call(inputs, function (input) {
        return input.files.length > 0 && input.files[0].size > most;
      });
      if (large) { window.setTimeout(stop, 0, [{ field: "file", text: word("too-large") }]); return; }
      running = true;
      bar.value = 0;
      note.textContent = "";
      progress.hidden = false;
      var request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", function (sent) {
        if (sent.lengthComputable) { bar.value = Math.round(sent.loaded / sent.total * 100); }
      });
      request.upload.addEventListener("load", function () { bar.value = 100; note.textContent = word("reading"); });
      request.addEventListener("error", function () { stop([{ text: word("lost") }]); });
      request.addEventListener("load", function () {
        var answer = null;
        try { answer = JSON.parse(request.responseText); } catch (_problem) { answer = null; }
        if (request.status === 201 && answer && /^\/(?![\/\\])/.test(answer.next)) {
          leaving = true;
          window.location.assign(answer.next);
        } else if (answer && answer.faults) { stop(answer.faults);
        } else if (request.status === 413) { stop([{ field: "file", text: word("too-large") }]);
        } else if (request.status === 401) { stop([{ text: word("signed-out") }]);
        } else if (request.status === 429) { stop([{ text: word("often") }]);
        } else { stop([{ text: word("failed") }]); }
      });
      request.send(data);
    });
    window.addEventListener("beforeunload", function (event) {
      if (!leaving && (running || chosen())) { event.preventDefault(); }
    });
  });
}());
