/**
 * How a question is named on a command line: by its id or by any beginning that no other question of the run has. Answered
 * ones count too, so that an old command never answers a newer question.
 */

/** The ids that `word` can mean: the one that it is, or all that begin with it. */
export function questionsNamed(word: string, known: Iterable<string>): string[] {
  const ids = [...known];
  return ids.includes(word) ? [word] : ids.filter((id) => word !== '' && id.startsWith(word));
}

/** The shortest beginning of an id, made of whole parts, that names this question alone. */
export function shortQuestionId(id: string, known: Iterable<string>): string {
  const ids = [...known];
  const parts = id.split('/');
  const beginnings = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  return beginnings.find((word) => questionsNamed(word, ids).every((other) => other === id)) ?? id;
}
