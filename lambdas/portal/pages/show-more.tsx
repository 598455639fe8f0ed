/** The way to the next page of a list; nothing on the last one. */
export function ShowMore({ next }: { next?: string | undefined }) {
  if (!next) return null;
  return (
    <p class="buttons">
      <a class="button quiet" href={next} rel="next">
        Show more
      </a>
    </p>
  );
}
