/**
 * The cursor of the report: pointer or arrow keys move one line through all charts of an episode,
 * and each chart tells its values there. Plain ES5-ish JavaScript; the report is complete without.
 */
export const PAGE_SCRIPT = `
document.querySelectorAll(".charts").forEach(function (charts) {
  var data = JSON.parse(charts.querySelector("script").textContent);
  var panels = [].map.call(charts.querySelectorAll("figure"), function (figure) {
    return { svg: figure.querySelector(".plot"), line: figure.querySelector(".cursor"), output: figure.querySelector("output"), id: figure.dataset.panel };
  });
  var at = -1;
  function show(i) {
    charts.classList.add("reading");
    at = Math.max(0, Math.min(data.t.length - 1, i));
    var x = data.left + (data.right - data.left) * (data.end ? data.t[at] / data.end : 0);
    panels.forEach(function (panel) {
      panel.line.setAttribute("x1", x);
      panel.line.setAttribute("x2", x);
      panel.line.style.visibility = "visible";
      panel.output.textContent = data.t[at].toFixed(2) + " s:  " + data.say[panel.id][at];
    });
  }
  function hide() {
    charts.classList.remove("reading");
    panels.forEach(function (panel) {
      panel.line.style.visibility = "hidden";
      panel.output.textContent = "";
    });
  }
  panels.forEach(function (panel) {
    panel.svg.addEventListener("pointermove", function (event) {
      var box = panel.svg.getBoundingClientRect();
      var x = ((event.clientX - box.left) / box.width) * data.width;
      var t = ((x - data.left) / (data.right - data.left)) * data.end;
      var low = 0;
      var high = data.t.length - 1;
      while (high - low > 1) {
        var middle = (low + high) >> 1;
        if (data.t[middle] < t) low = middle;
        else high = middle;
      }
      show(t - data.t[low] < data.t[high] - t ? low : high);
    });
  });
  charts.addEventListener("pointerleave", hide);
  charts.addEventListener("blur", hide);
  charts.addEventListener("keydown", function (event) {
    var step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(at + step);
  });
});
`;
