/** The bundler hands a document over as its text. */
declare module "*.html" {
	const text: string;
	export default text;
}
