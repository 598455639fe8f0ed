/** Style sheets are bundled as text: the portal serves them from memory. */
declare module '*.css' {
  const text: string;
  export default text;
}
