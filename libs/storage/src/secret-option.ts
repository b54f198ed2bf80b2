/** Names that promise a secret, in any spelling: `secretKey`, `access_key`, `X-Amz-Signature`, `sig`, `token`. */
const secretName =
  /secret|token|passw|passphrase|credential|signature|bearer|^auth|api[-_]?key|access[-_]?key|private[-_]?key|^key$|^sig$|^sas$/i;

/** Values that are keys of well-known hosts whatever they are called. */
const secretValue =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_|\bhf_[A-Za-z0-9]{20,}|-----BEGIN/;

/** Whether an option of a URL looks like a secret. URLs end in logs, manifests and shell histories: none belongs there. */
export function looksSecret(name: string, value: string): boolean {
  return secretName.test(name) || secretValue.test(value);
}
