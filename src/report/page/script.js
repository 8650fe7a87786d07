for (const strip of document.querySelectorAll(".strip")) {
  const values = strip.dataset.values.split(" "), days = strip.dataset.days.split("|");
  const cursor = strip.querySelector(".cursor"), told = strip.querySelector("output"), bars = strip.querySelector(".bars");
  let at = +strip.dataset.peak;
  const show = (day) => {
    at = Math.max(0, Math.min(values.length - 1, day));
    cursor.style.display = "block";
    cursor.style.left = (100 * (at + 0.5)) / values.length + "%";
    told.textContent = days[at] + ": " + values[at];
  };
  const hide = () => { cursor.style.display = "none"; told.textContent = ""; };
  bars.addEventListener("pointermove", (event) => {
    const box = bars.getBoundingClientRect();
    show(Math.floor(((event.clientX - box.left) / box.width) * values.length));
  });
  bars.addEventListener("pointerleave", hide);
  strip.addEventListener("focus", () => show(at));
  strip.addEventListener("blur", hide);
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -1e6, End: 1e6 }[event.key];
    if (step) { event.preventDefault(); show(at + step); }
  });
}
