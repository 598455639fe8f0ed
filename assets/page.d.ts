/** The pages' script is bundled as text (`with { type: 'text' }`): the portal serves it from memory. */
declare const text: string;
export default text;
