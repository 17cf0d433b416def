// Worker: writes a document to Atlas and reads the document.
import { client } from './atlas.ts';

export async function handler(_event: unknown, { awsRequestId }: { readonly awsRequestId: string }) {
  try {
    const items = client().db('sample_db').collection('items');
    const { insertedId } = await items.insertOne({
      message: 'Hello from Lambda with OIDC auth',
      timestamp: new Date().toISOString(),
      request_id: awsRequestId,
    });
    const found = await items.findOne({ _id: insertedId });
    return answer(200, { insertedId: insertedId.toHexString(), message: found?.['message'] });
  } catch (error) {
    // The error is logged and not returned to the caller.
    process.stderr.write(`The document could not be written: ${String(error)}\n`);
    return answer(500, { message: 'The document could not be written' });
  }
}

function answer(statusCode: number, body: object) {
  return { statusCode, body: JSON.stringify(body) };
}
