/* Comfort only: every page works without this file. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  /* A button is pressed once: the second submit of the same form is dropped. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "get" || form.hasAttribute("hx-post")) { return; }
    var button = event.submitter || form.querySelector("button[type=submit]");
    form.dataset.sent = "1";
    if (button) { button.setAttribute("aria-busy", "true"); }
    /* A file leaves the page where it is: after a while it may be asked for again. */
    if (form.hasAttribute("data-download")) { setTimeout(ready, 5000); }
  });
  /* Coming back with the browser's own button must find the form usable again. */
  window.addEventListener("pageshow", ready);
  function ready() {
    document.querySelectorAll("[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("button[aria-busy]").forEach(function (button) {
      button.removeAttribute("aria-busy");
    });
  }

  /* Quick amounts fill their field. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fill]");
    if (!button) { return; }
    var field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* The chosen document: a small picture drawn on a canvas (no blob or data address, so the
     content security policy stays strict), its name and its size. */
  document.addEventListener("change", function (event) {
    var box = event.target.id && document.querySelector('[data-preview="' + event.target.id + '"]');
    if (!box) { return; }
    box.textContent = "";
    Array.prototype.forEach.call(event.target.files, function (file) { show(box, file); });
  });
  function show(box, file) {
    var line = document.createElement("p");
    line.textContent = file.name + " · " + size(file.size);
    box.appendChild(line);
    if (!/^image\//.test(file.type) || !window.createImageBitmap) { return; }
    createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, 480 / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      box.insertBefore(canvas, line);
    }, function () { /* not a picture after all: its name stays */ });
  }
  function size(bytes) {
    return Math.max(0.1, bytes / 1048576).toFixed(1) + " 兆";
  }
})();
