/** What a URL or a value still holds when somebody copied an example. */
export const placeholder =
  /YOUR[_-]|<[^>]*>|your-url-here|change[_-]?me|_here$|(?:^|[/.@])example\.(?:com|org)/i;
