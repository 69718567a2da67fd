// A hover's model as Markdown. Everything from the user's code is escaped; pictures and links are ours. Pure.
import type { Site } from "../../../engine/protocol/report";
import { code, codeBlock, plain } from "../markdown";
import { pictureUri, pictureWidth, pictureWords, type ThemeKind } from "../pictures";
import type { HoverModel, HoverSection } from "./model";

export interface HoverStyle {
  /** A link to a place in the code; undefined where there is none. */
  link(site: Site): string | undefined;
  theme: ThemeKind;
}

export function hoverMarkdown(model: HoverModel, style: HoverStyle): string {
  const stale = model.stale ? ["*Stale: the code has changed since this was computed.*"] : [];
  const head = [code(model.name), ...model.facts.map(plain)].join(" · ");
  return [...stale, head, ...model.sections.map((section) => sectionMarkdown(section, style))].join("\n\n");
}

function sectionMarkdown(section: HoverSection, style: HoverStyle): string {
  const at = (site: Site | undefined) => {
    const target = site && style.link(site);
    return target ? ` ${target}` : "";
  };
  switch (section.kind) {
    case "grid":
      return `${section.label === undefined ? "" : `${plain(section.label)}\n`}${codeBlock(section.lines)}`;
    case "line":
      return `${plain(section.label)} ${code(section.code)}`;
    case "text":
      return `${plain(section.text)}${at(section.site)}`;
    case "list":
      return `${plain(section.label)}\n${section.items
        .map(
          (item) =>
            `- ${plain(item.text)}${item.code === undefined ? "" : ` ${code(item.code)}`}${at(item.site)}`,
        )
        .join("\n")}`;
    case "pictures":
      return section.pictures
        .map(({ label, picture }) => {
          const words = plain(`${label}: ${pictureWords(picture)}`);
          return `![${words}|width=${pictureWidth()}](${pictureUri(picture, style.theme)})`;
        })
        .join(" ");
    default:
      return section satisfies never;
  }
}
