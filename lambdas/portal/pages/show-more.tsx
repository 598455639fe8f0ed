/** The way to the next page of a list, and back to the first one where this is another; nothing if there is neither. */
export function ShowMore({ next, first }: { next?: string | undefined; first?: string | undefined }) {
  if (!next && !first) return null;
  return (
    <p class="buttons">
      {first && (
        <a class="button quiet" href={first}>
          First page
        </a>
      )}
      {next && (
        <a class="button quiet" href={next} rel="next">
          Show more
        </a>
      )}
    </p>
  );
}
