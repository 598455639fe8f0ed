import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ApiResponse } from './request.ts';

/** An answer in API Gateway's form (payload format 2.0). */
export function toResult(response: ApiResponse): APIGatewayProxyStructuredResultV2 {
  const { status, body, html, bytes, headers = {}, cookies = [] } = response;
  const content =
    html !== undefined
      ? { type: 'text/html; charset=utf-8', text: html }
      : body !== undefined
        ? { type: 'application/json', text: JSON.stringify(body) }
        : undefined;
  return {
    statusCode: status,
    headers: { ...(content && { 'content-type': content.type }), ...headers },
    ...(content && { body: content.text }),
    ...(bytes && { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true }),
    ...(cookies.length > 0 && { cookies: [...cookies] }),
  };
}
