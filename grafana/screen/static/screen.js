/* What only a browser can know: keys, the full screen, and figures at ticks that charts choose. */
window.ningmai = (() => {
  const plain = (value, decimals) =>
    value.toLocaleString("en-US", {
      minimumFractionDigits: decimals ?? 0,
      maximumFractionDigits: decimals ?? 2,
    });

  const UNITS = {
    percent: (v, d) => plain(v, d) + "%",
    percentunit: (v, d) => plain(v * 100, d) + "%",
    bytes: (v, d) => scaled(v, d, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]),
    decbytes: (v, d) => scaled(v, d, 1000, [" B", " kB", " MB", " GB", " TB"]),
    ms: (v, d) => lasting(v / 1000, d),
    s: (v, d) => lasting(v, d),
    m: (v, d) => lasting(v * 60, d),
    h: (v, d) => lasting(v * 3600, d),
    d: (v, d) => lasting(v * 86400, d),
  };
  const scaled = (value, decimals, by, names) => {
    let step = 0;
    while (Math.abs(value) >= by && step < names.length - 1) [value, step] = [value / by, step + 1];
    return plain(value, decimals) + names[step];
  };
  const lasting = (value, decimals) => {
    const size = Math.abs(value);
    if (size && size < 1) return plain(value * 1000, decimals) + " 毫秒";
    if (size < 60) return plain(value, decimals) + " 秒";
    if (size < 3600) return plain(value / 60, decimals) + " 分钟";
    if (size < 86400) return plain(value / 3600, decimals) + " 小时";
    return plain(value / 86400, decimals) + " 天";
  };
  const NUMBERS = ["", "none", "short", "locale", "sci"];
  const behind = (unit) => (NUMBERS.includes(unit) ? "" : " " + unit.replace(/^suffix:/, ""));

  /* Ticks: 12000 is 1.2万, 250000000 is 2.5亿. */
  const axis = (unit) => (value) => {
    if (UNITS[unit]) return UNITS[unit](value);
    const size = Math.abs(value);
    if (size >= 1e8) return plain(value / 1e8) + "亿" + behind(unit);
    if (size >= 1e4) return plain(value / 1e4) + "万" + behind(unit);
    return plain(value) + behind(unit);
  };

  /* Tooltips: exact. */
  const exact = (unit, decimals) => (value) => {
    const shown = Array.isArray(value) ? value[1] : value;
    if (shown === null || shown === undefined || Number.isNaN(Number(shown))) return "—";
    if (UNITS[unit]) return UNITS[unit](Number(shown), decimals);
    return plain(Number(shown), decimals) + behind(unit);
  };

  /* A length of time on a lane of a state timeline: value is [lane, start, end, text]. */
  const span = (height) => (params, api) => {
    const from = api.coord([api.value(1), api.value(0)]);
    const to = api.coord([api.value(2), api.value(0)]);
    const tall = api.size([0, 1])[1] * height;
    const whole = params.coordSys;
    const left = Math.max(from[0], whole.x);
    const right = Math.min(to[0], whole.x + whole.width);
    if (right <= left) return null;
    return {
      type: "rect",
      shape: { x: left, y: from[1] - tall / 2, width: Math.max(right - left, 1), height: tall },
      style: api.style(),
      textConfig: { position: "inside" },
      textContent: {
        style: {
          text: api.value(3),
          fill: "#0b0f14",
          fontSize: 12,
          width: Math.max(right - left - 6, 0),
          overflow: "truncate",
          ellipsis: "",
        },
      },
    };
  };

  const full = () =>
    document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen().catch(() => {});

  /* The still picture goes as soon as the page itself is there. */
  const drawn = new MutationObserver(() => {
    if (!document.querySelector("main.board")) return;
    drawn.disconnect();
    document.querySelector(".first")?.remove();
  });
  drawn.observe(document.documentElement, { childList: true, subtree: true });

  /* Keys are those of Grafana where it has them; never while something is typed. */
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], [role=listbox]")) return;
    const press = (name) => document.querySelector(`[data-key="${name}"]`)?.click();
    const kiosk = document.body.classList.contains("kiosk");
    if (event.key === "f") full();
    else if (event.key === "r") press("refresh");
    else if (event.key === "k" && before === "d") press("kiosk");
    else if (event.key === "p") press("playlist");
    else if (event.key === "Escape" && kiosk && !document.fullscreenElement) press("kiosk");
    else if (event.key === "ArrowLeft" && before === "t") press("earlier");
    else if (event.key === "ArrowRight" && before === "t") press("later");
    else if (/^[1-9]$/.test(event.key)) press(event.key);
    before = event.key;
  });

  return { axis, exact, span, full };
})();
