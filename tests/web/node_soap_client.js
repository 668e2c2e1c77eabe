// One call of our SOAP service by the stock npm `soap` client; options as JSON on standard input, the answer as JSON.
'use strict';
const options = JSON.parse(require('fs').readFileSync(0, 'utf8'));

// The node under test lives at a time of the test's own; a timestamp of today would be of its future.
const Real = Date;
global.Date = class extends Real {
  constructor(...given) {
    super(...(given.length ? given : [options.now]));
  }
};

const soap = require(options.soap);
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const signing = {
  hasTimeStamp: true,
  signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  signatureTransformations: [EXCLUSIVE],
};

function security() {
  const { key, certificate } = options;
  switch (options.security) {
    case 'WSSecurityCert':
      return new soap.WSSecurityCert(key, certificate, '', { ...signing, signerOptions: { idMode: 'wssecurity' } });
    case 'WSSecurityCertWithToken':
      return new soap.WSSecurityCertWithToken({ privateKey: key, publicKey: certificate, keyPassword: '', options: signing });
    case 'as it comes':
      return new soap.WSSecurityCert(key, certificate, '');
    default:
      return null;
  }
}

async function main() {
  const twelve = options.port === 'Soap12';
  const client = await soap.createClientAsync(`${options.url}/soap?wsdl`, { forceSoap12Headers: twelve });
  const chosen = security();
  if (chosen) {
    client.setSecurity(chosen);
  }
  if (options.security === 'WSSecurityCertWithToken') {
    // This kind gives the Body no Id of its own, so that its reference would name nothing.
    client.addBodyAttribute({ Id: 'body' });
  }
  for (const header of options.headers || []) {
    client.addSoapHeader(header);
  }
  const call = client.MigrationExchange[options.port][options.operation];
  await new Promise((resolve) => {
    call({ $xml: options.message }, (error, result, raw) => {
      const content = raw || (error && error.body) || '';
      console.log(JSON.stringify({ failed: Boolean(error), content: String(content), sent: client.lastRequest }));
      resolve();
    });
  });
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
