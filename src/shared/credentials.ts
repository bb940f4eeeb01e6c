/**
 * A text without the credentials in it: the password of a URL, and values of keys such as `password=` in connection
 * strings. Errors and log lines go through here, for what they quote may come from configuration.
 */
export function maskCredentials(text: string): string {
  return (
    text
      // up to the last @ before the path: a password may hold one itself
      .replace(/(:\/\/[^\s:@/]*:)[^\s/]*@/g, '$1***@')
      .replace(
        /\b(pass(?:word|wd)|pwd|account_?key|secret(?:_?access_?key)?|token|sig)=[^\s,;&"']+/gi,
        '$1=***',
      )
  );
}
