/** Style sheets and pictures are bundled as text: the portal serves them from memory. */
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.svg' {
  const text: string;
  export default text;
}
