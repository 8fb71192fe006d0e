// What tests/browser/watch.py asks of a page.
function smallTargets(least) {
  const isShown = one => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const found = [];
  for (const one of document.querySelectorAll("button, summary, select, textarea, input:not([type=hidden]), a[href], label[for] input")) {
    const box = one.getBoundingClientRect();
    if (!isShown(one) || !box.width) continue;
    if (box.height < least - 0.5 || box.width < least - 0.5) {
      found.push(`${one.tagName} ${one.textContent.trim().slice(0, 12) || one.name || one.className} ${box.width.toFixed()}x${box.height.toFixed()}`);
    }
  }
  return found;
}

function paleTexts(least) {
  const parse = text => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(one => one / 255).map(one => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, under) => top.rgb.map((one, at) => one * top.alpha + under[at] * (1 - top.alpha));
  const behind = one => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) {
      const layer = parse(getComputedStyle(at).backgroundColor);
      if (layer.alpha) layers.unshift(layer);
      if (layer.alpha === 1) break;
    }
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reduce((under, top) => over(top, under), canvas);
  };
  const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const one = node.parentElement;
    const text = node.data.trim();
    if (!text || ["SCRIPT", "STYLE", "OPTION"].includes(one.tagName) || one.closest("[aria-hidden=true], :disabled")) continue;
    if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    const ground = behind(one);
    const ink = over(parse(getComputedStyle(one).color), ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least) found.add(`${ratio.toFixed(2)} ${one.tagName}.${one.className} ${text.slice(0, 16)}`);
  }
  return [...found];
}
