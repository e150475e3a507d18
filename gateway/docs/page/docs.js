// Shows /openapi.json by swagger-ui. The examples name the address that this page came from.

async function show() {
  const response = await fetch('openapi.json');
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  const text = await response.text();
  window.SwaggerUIBundle({
    spec: JSON.parse(text.replaceAll('$API', window.location.origin)),
    dom_id: '#page',
    layout: 'BaseLayout',
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
    deepLinking: true,
    filter: true,
    validatorUrl: null,
  });
}

show().catch((error) => { document.getElementById('page').textContent = String(error); });
