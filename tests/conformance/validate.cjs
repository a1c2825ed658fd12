// Walks a feed with OpenActive's validator; prints what it finds: node validate.cjs ADDRESS
const { RpdeValidator } = require('@openactive/rpde-validator');

const found = (page) =>
  page.errors.map(({ severity, type, message }) => ({ url: page.url, severity, type, message }));

RpdeValidator(process.argv[2], { pageLimit: 100 }).then(({ pages }) => {
  const walked = pages.map(({ url }) => url);
  console.log(JSON.stringify({ walked, found: pages.flatMap(found) }));
});
