/** Building elements without markup: texts only ever become text nodes. */

/** h("button.icon", { type: "button", onclick }, child, "text"); null children are left out. */
export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = `${node.className} ${value}`.trim();
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  back: "M19 12H5M11 6l-6 6 6 6",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  sliders: "M4 8h8M18 8h2M4 16h2M12 16h8M15 5v6M9 13v6",
  moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  down: "M6 9.500l6 6 6-6",
  menu: "M4 7h16M4 12h16M4 17h16",
  app: "M4 6.500h16v11H4zM4 10h16",
  plus: "M12 5v14M5 12h14",
  link: "M4 12L12 4M6 4h6v6",
  copy: "M6 6h7v7H6zM3 10V3h7",
  star: "M8 2l1.800 4 4.200.500-3.100 2.900.800 4.200L8 11.500l-3.700 2.100.800-4.200L2 6.500 6.200 6z",
  file: "M13 3H6v18h12V8zM13 3v5h5",
};

/** A line icon from the small set above. */
export function icon(name, box = 24) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${box} ${box}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A filled or odd-shaped icon from its path. */
export function shape(d, box) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** The round picture of somebody without a photo: initial on a colour of their own. */
export function avatar(person) {
  const letter = [...(person.first_name || "?")][0].toUpperCase();
  return h("div.avatar", { class: `hue-${person.is_bot ? 5 : person.id % 7}`, "aria-hidden": "true" }, letter);
}
