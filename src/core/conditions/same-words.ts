/** What makes two spellings of a topic, or of a choice, the same one. */
export function sameWords(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['-']).join('-').slice(0, 60);
}
