import { dice } from "./dice.ts";

/** Words that a kind of text likes. */
const subjects = {
  billing:
    "invoice refund charged card payment receipt price subscription amount bank fee billed".split(
      " ",
    ),
  delivery:
    "parcel courier shipped tracking late address package arrived door warehouse box delivered".split(
      " ",
    ),
  login: "password account sign reset locked code email username session access verify login".split(
    " ",
  ),
  praise:
    "great thanks love wonderful helpful excellent happy best friendly perfect amazing glad".split(
      " ",
    ),
  technical:
    "crash error screen update install bug freezes version device slow button restart".split(" "),
} as const;

const filler =
  "the a my I it was is and to of this that with for on you we have not but when please again today since after".split(
    " ",
  );

export type TextClass = keyof typeof subjects;

/** Classes of texts that can be made. */
export const textClasses = Object.keys(subjects) as readonly TextClass[];

/** A made message of 8 to 20 words, mostly filler; a few words are of its class, and now and then one of another. */
export function madeText(name: TextClass, seed: number): string {
  const random = dice(seed * textClasses.length + textClasses.indexOf(name));
  const pick = (words: readonly string[]): string =>
    words[Math.floor(random() * words.length)] ?? "";
  const other = pick(textClasses) as TextClass;
  const words = Array.from({ length: 8 + Math.floor(random() * 13) }, () => {
    const draw = random();
    if (draw < 0.25) return pick(subjects[name]);
    return draw < 0.3 ? pick(subjects[other]) : pick(filler);
  });
  words.push(pick(subjects[name]));
  return `${words.join(" ")}.`;
}
