import type { VectorSpace } from '@/api/shapes';

/** The place of an embedding model among the others, as the beginning of a line about it. */
export function placeOf(s: VectorSpace): string {
  if (s.serves) return 'Compared by';
  if (s.fall_back) return 'Without it, by';
  return s.wanted ? 'Moving on to' : 'Kept for now:';
}

/** About how long something takes that is some seconds from its end. */
export function aboutLeft(seconds: number): string {
  if (seconds < 90) return 'about a minute left';
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} minutes left`;
  return `about ${Math.round(minutes / 60)} hours left`;
}

/** How far a model is that does not have the vectors of the past yet. */
export function fillWords(s: VectorSpace): string {
  const n = (x: number) => x.toLocaleString('en');
  const far = `${n(s.done)} of ${n(s.past)} messages and cases of the past`;
  return s.left_seconds > 0 ? `${far}, ${aboutLeft(s.left_seconds)}` : far;
}
