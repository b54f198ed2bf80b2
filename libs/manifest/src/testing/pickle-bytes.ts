/** Bytes of a pickle from its parts: texts in latin1, numbers as bytes. */
export const pickle = (...parts: readonly (string | number | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from([part].flat()),
    ),
  );

/** SHORT_BINUNICODE. */
export const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;

/** `os.system("id")`, as Python's own pickler writes it in protocol 2. */
export const osSystem = pickle("\x80\x02cposix\nsystem\nq\0X\x02\0\0\0idq\x01\x85q\x02Rq\x03.");

/** The same with both names in the memo before they are used: protocol 4. */
export const memoIndirected = pickle(
  ["\x80\x04", short("system"), "\x94", short("os"), "\x9400", "h\x01h\0\x93"].join(""),
  short("id"),
  "\x85R.",
);

/** A state dict of one tensor `w`, float32 [2,2], as `torch.save` writes it. */
export const stateDict = pickle(
  "\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01X\x01\0\0\0wq\x02",
  "ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\0\0\0storageq\x04ctorch\nFloatStorage\nq\x05",
  "X\x01\0\0\x000q\x06X\x03\0\0\0cpuq\x07K\x04tq\x08QK\0K\x02K\x02\x86q\x09K\x02K\x01\x86q\x0a\x89",
  "h\0)Rq\x0btq\x0cRq\x0ds.",
);

/** An ordinary dict, `{"a": 1}`, in protocol 2. */
export const plainDict = pickle("\x80\x02}q\0X\x01\0\0\0aq\x01K\x01s.");
