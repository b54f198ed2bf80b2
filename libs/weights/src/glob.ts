/**
 * A test for file names, from globs as in .gitignore: `*` and `?` stay inside a segment, `**` crosses segments,
 * `{a,b}` is either. A glob without a slash is matched against the last segment, one with a slash against the whole
 * name.
 */
export function globMatcher(globs: readonly string[]): (name: string) => boolean {
  const tests = globs.map((glob) => {
    const pattern = new RegExp(`^${globToRegExp(glob.replace(/^\.?\//, ""))}$`);
    return glob.includes("/")
      ? (name: string) => pattern.test(name)
      : (name: string) => pattern.test(name.slice(name.lastIndexOf("/") + 1));
  });
  return (name) => tests.some((test) => test(name));
}

function globToRegExp(glob: string): string {
  let pattern = "";
  let braces = 0;
  for (let index = 0; index < glob.length; index++) {
    const character = glob.charAt(index);
    if (glob.startsWith("**/", index)) {
      pattern += "(?:.*/)?";
      index += 2;
    } else if (glob.startsWith("**", index)) {
      pattern += ".*";
      index += 1;
    } else if (character === "*") {
      pattern += "[^/]*";
    } else if (character === "?") {
      pattern += "[^/]";
    } else if (character === "{" && glob.indexOf("}", index) > 0) {
      pattern += "(?:";
      braces++;
    } else if (character === "}" && braces > 0) {
      pattern += ")";
      braces--;
    } else if (character === "," && braces > 0) {
      pattern += "|";
    } else {
      pattern += character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    }
  }
  return pattern;
}
