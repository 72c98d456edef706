// Verifies a credential with Digital Bazaar's libraries: another implementation, in another
// language, of everything from JSON-LD to the signature. Reads JSON from its input, fetches nothing.
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import jsigs from "jsonld-signatures";
import { readFileSync } from "node:fs";

const { credential, did, contexts } = JSON.parse(readFileSync(0, "utf8"));

async function documentLoader(url) {
  if (url in contexts) return { contextUrl: null, documentUrl: url, document: contexts[url] };
  if (url === did.id) return { contextUrl: null, documentUrl: url, document: did };
  const method = did.verificationMethod.find((one) => one.id === url);
  if (!method) throw new Error(`not to be loaded: ${url}`);
  const document = { "@context": "https://w3id.org/security/multikey/v1", ...method };
  return { contextUrl: null, documentUrl: url, document };
}

const result = await jsigs.verify(credential, {
  suite: new DataIntegrityProof({ cryptosuite }),
  purpose: new jsigs.purposes.AssertionProofPurpose({ controller: did }),
  documentLoader,
});
const errors = (result.error?.errors ?? []).map((error) => error.message);
process.stdout.write(JSON.stringify({ verified: result.verified, errors }));
