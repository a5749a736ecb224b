/* Shows a long form one question at a time. Without this file all of them stand on one page. */
(function () {
  "use strict";

  Array.prototype.forEach.call(document.querySelectorAll("form[data-steps]"), function (form) {
    var steps = form.querySelectorAll("[data-step]");
    var nav = form.querySelector("[data-steps-nav]");
    var end = form.querySelector("[data-steps-end]");
    var back = form.querySelector("[data-steps-back]");
    var next = form.querySelector("[data-steps-next]");
    var where = form.querySelector("[data-steps-at]");
    var fault = form.querySelector("[data-steps-fault]");
    var at = 0;

    function answered(step) {
      var asked = {};
      Array.prototype.forEach.call(step.querySelectorAll("input[type=radio]"), function (input) {
        asked[input.name] = asked[input.name] || input.checked;
      });
      return Object.keys(asked).every(function (name) { return asked[name]; });
    }
    function show(number, move) {
      at = number;
      fault.hidden = true;
      Array.prototype.forEach.call(steps, function (step, index) { step.hidden = index !== at; });
      back.hidden = at === 0;
      next.hidden = at === steps.length - 1;
      end.hidden = at !== steps.length - 1;
      where.textContent = form.getAttribute("data-at-text")
        .replace("{at}", String(at + 1)).replace("{all}", String(steps.length));
      if (move) {
        var head = steps[at].querySelector("h2, legend");
        head.focus({ preventScroll: true });
        window.scrollTo(0, Math.max(0, steps[at].getBoundingClientRect().top + window.scrollY - 90));
      }
    }
    function go() {
      if (!answered(steps[at])) {
        fault.textContent = form.getAttribute("data-unanswered-text");
        fault.hidden = false;
        return false;
      }
      if (at < steps.length - 1) { show(at + 1, true); }
      return true;
    }

    nav.hidden = false;
    back.addEventListener("click", function () { show(at - 1, true); });
    next.addEventListener("click", go);
    form.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target.type !== "submit" && event.target.type !== "button" && at < steps.length - 1) {
        event.preventDefault();
        go();
      }
    });
    /* The first page with something to mend, where the server has found any. */
    var wrong = Array.prototype.findIndex.call(steps, function (step) {
      return step.classList.contains("t-wrong") || step.querySelector(".t-wrong");
    });
    show(wrong < 0 ? 0 : wrong, false);
    /* A link of the error summary leads to a question that may be hidden. */
    Array.prototype.forEach.call(document.querySelectorAll(".t-summary a"), function (link) {
      link.addEventListener("click", function () {
        var target = document.getElementById(link.hash.slice(1));
        Array.prototype.forEach.call(steps, function (step, index) {
          if (target && step.contains(target)) { show(index, false); }
        });
      });
    });
  });
}());
