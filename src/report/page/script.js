const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
// The date so many days after another, as everywhere on the page.
const dateAfter = (first, days) => {
  const date = new Date(Date.parse(first) + days * 864e5);
  return date.getUTCDate() + " " + months[date.getUTCMonth()] + " " + date.getUTCFullYear();
};
// How far a key moves a cursor; undefined for other keys.
const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -1e6, End: 1e6 };

for (const strip of document.querySelectorAll(".strip")) {
  const values = strip.dataset.values.split(" ");
  const cursor = strip.querySelector(".cursor"), told = strip.querySelector("output"), bars = strip.querySelector(".bars");
  let at = +strip.dataset.peak;
  const show = (day) => {
    at = Math.max(0, Math.min(values.length - 1, day));
    cursor.style.display = "block";
    cursor.style.left = (100 * (at + 0.5)) / values.length + "%";
    told.textContent = dateAfter(strip.dataset.first, at) + ": " + values[at];
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
    const step = steps[event.key];
    if (step) { event.preventDefault(); show(at + step); }
  });
}

for (const chart of document.querySelectorAll(".chart")) {
  const source = chart.querySelector("script");
  if (!source || !chart.querySelector(".plot")) continue;
  const data = JSON.parse(source.textContent);
  const area = chart.querySelector(".scroll"), svg = chart.querySelector(".drawing"), readout = chart.querySelector(".readout");
  const place = readout.querySelector("b"), more = readout.querySelector(".at span"), told = readout.querySelector(".told");
  const buttons = [...readout.querySelectorAll("button")], plots = [...svg.querySelectorAll(".plot")].map((plot) => plot.getBBox());
  const texts = data.texts || Array.from({ length: data.days }, (_, day) => dateAfter(data.first, day));
  const at = data.at || texts.map((_, day) => day / Math.max(1, texts.length - 1));
  // A number stands for so many values that are equal to the one before.
  const unpack = (packed) => packed.flatMap((one, index) => (typeof one === "number" ? Array(one).fill(packed[index - 1]) : [one]));
  const series = data.series.map(([name, group, values]) => ({ name, group, values: unpack(values) }));
  const of = (group) => series.filter((one) => one.group === group);
  const said = (own) => own.filter((one) => one.values[here])
    .map((one) => (one.group === null || own.length > 1 ? one.name + " " : "") + one.values[here]).join(", ");
  const isShown = (button) => button.getAttribute("aria-pressed") === "true";
  const cursor = document.createElementNS(svg.namespaceURI, "path");
  cursor.classList.add("cursor");
  svg.append(cursor);
  let here = -1, last = 0, timer;
  // What is said waits until the cursor rests, or a listener would hear every place on the way.
  const say = (text) => { clearTimeout(timer); timer = setTimeout(() => { told.textContent = text; }, 300); };
  const draw = () => {
    const line = (plot) => {
      const height = plot.height / texts.length;
      return data.rows ? `M0 ${plot.y + at[here] * plot.height - height / 2}h4000v${height}h-4000z`
        : `M${plot.x + at[here] * plot.width} ${plot.y}v${plot.height}`;
    };
    const is = here >= 0, own = is ? said(of(null)) : "";
    cursor.setAttribute("d", is ? plots.map(line).join("") : "");
    place.textContent = is ? texts[here] : "";
    more.textContent = is ? own || data.what : data.what + ". Point at the chart, or press the arrow keys in it.";
    const values = buttons.map((button, group) => (is && isShown(button) ? said(of(group)) : ""));
    buttons.forEach((button, group) => { if (button.nextSibling) button.nextSibling.textContent = values[group]; });
    const all = values.map((value, group) => value && buttons[group].textContent + " " + value).filter(Boolean);
    say(is ? texts[here] + ": " + [own, ...all].filter(Boolean).join("; ") : "");
  };
  const show = (next) => { here = last = Math.max(0, Math.min(texts.length - 1, next)); draw(); };
  const hide = () => { if (here >= 0) { here = -1; draw(); } };
  const point = (event) => {
    const box = svg.getBoundingClientRect(), unit = box.width / svg.viewBox.baseVal.width;
    const x = (event.clientX - box.left) / unit, y = (event.clientY - box.top) / unit;
    const far = (plot) => Math.max(plot.x - x, 0, x - plot.x - plot.width) + Math.max(plot.y - y, 0, y - plot.y - plot.height);
    const plot = plots.reduce((a, b) => (far(b) < far(a) ? b : a));
    const share = data.rows ? (y - plot.y) / plot.height : (x - plot.x) / plot.width;
    show(at.reduce((best, one, index) => (Math.abs(one - share) < Math.abs(at[best] - share) ? index : best), 0));
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
  area.addEventListener("blur", hide);
  area.addEventListener("keydown", (event) => {
    const step = steps[event.key] || (data.rows && { ArrowUp: -1, ArrowDown: 1 }[event.key]);
    if (event.key === "Escape") hide();
    if (!step) return;
    event.preventDefault();
    // The first arrow shows where the cursor was; further ones move it.
    show(here < 0 && Math.abs(step) < 2 ? last : last + step);
    const unit = svg.clientWidth / svg.viewBox.baseVal.width, x = (plots[0].x + at[here] * plots[0].width) * unit;
    if (!data.rows && (x < area.scrollLeft || x > area.scrollLeft + area.clientWidth)) area.scrollLeft = x - area.clientWidth / 2;
  });
  buttons.forEach((button, group) => button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", !isShown(button));
    svg.querySelectorAll(`[data-group="${group}"]`).forEach((one) => one.classList.toggle("off", !isShown(button)));
    const off = buttons.filter((one) => !isShown(one)).map((one) => one.textContent);
    chart.dataset.off = off.length ? "Not shown: " + off.join(", ") + "." : "";
    draw();
  }));
  area.setAttribute("role", "application");
  area.setAttribute("aria-label", `${area.getAttribute("aria-label")}. Values: ${data.what}. Arrow keys tell them, Escape ends that.`);
  readout.hidden = false;
  draw();
}
