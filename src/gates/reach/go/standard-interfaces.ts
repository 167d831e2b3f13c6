/** What interfaces of Go's standard library ask for: it calls such methods of whatever value it is given. */
import type { GoArity } from './go-facts.ts';

/** By name and number of parameters; read from the sources of Go 1.19, with what came since. */
const ASKED = `
Accept/0 Add/2 Add/4 Addr/0 AdjustStream/2 AppendBinary/1 AppendText/1 AppendUint16/2 AppendUint32/2
AppendUint64/2 As/1 At/2 Attr/1 BaseContext/0 Begin/0 BeginTx/2 BlockSize/0 Bounds/0 Bytes/0 CancelRequest/1
Cause/0 CheckNamedValue/1 Clone/0 Close/0 CloseConn/0 CloseIdleConnections/0 CloseNotify/0 CloseStream/1
CloseWrite/0 ColorIndexAt/2 ColorModel/0 ColumnConverter/1 ColumnTypeDatabaseTypeName/1 ColumnTypeLength/1
ColumnTypeNullable/1 ColumnTypePrecisionScale/1 ColumnTypeScanType/1 Columns/0 CombinedMult/4 Commit/0 Compose/4
Connect/1 ConnectionState/0 ConstantTimeSum/1 Convert/1 ConvertValue/1 Cookies/1 Copy/0 CryptBlocks/2 CurveID/0
Deadline/0 Decompose/1 Decrypt/2 Decrypt/3 Done/0 Double/1 Double/2 Draw/4 Driver/0 EnableFullDuplex/0 Enabled/2
Encode/1 Encrypt/2 Equal/1 Err/0 Error/0 Exec/1 Exec/2 ExecContext/2 ExecContext/3 Flag/1 Flush/0 FlushError/0
Format/2 Framer/0 Get/0 Get/1 GetClientConn/2 Glob/1 GoString/0 GobDecode/1 GobEncode/0 Handle/2
HasNextResultSet/0 HashFunc/0 Header/0 HeaderBlockFragment/0 HeaderEncoder/0 HeadersEnded/0 Hijack/0 Info/0
Init/0 Int63/0 Inverse/1 Is/1 IsBoolFlag/0 IsDir/0 IsHTTP2NoCachedConnError/0 IsOnCurve/2 IsValid/0 IsZero/0
LastInsertId/0 Len/0 Less/2 Level/0 LocalAddr/0 Lock/0 LogValue/0 Lstat/1 MarkDead/1 MarshalBinary/0
MarshalJSON/0 MarshalJSONTo/1 MarshalText/0 MarshalXML/2 MarshalXMLAttr/1 ModTime/0 Mode/0 Name/0 Network/0
NewCBCDecrypter/1 NewCBCEncrypter/1 NewCTR/1 NewGCM/2 Next/1 Next/2 NextResultSet/0 NonceSize/0 NumInput/0
Opaque/0 Open/1 Open/4 OpenConnector/1 OpenStream/2 Output/0 Overhead/0 Params/0 Peek/1 Ping/1 Pop/0 Position/0
Precision/0 Prepare/1 PrepareContext/2 Public/0 PublicKey/0 PublicSuffix/1 Push/1 Push/2 Put/1 Put/2 PutUint16/2
PutUint32/2 PutUint64/2 Quantize/2 Query/1 Query/2 QueryContext/2 QueryContext/3 RGBA/0 RGBA64At/2 Read/1
ReadAt/2 ReadByte/0 ReadDir/1 ReadFile/1 ReadFrom/1 ReadLink/1 ReadRequestBody/1 ReadRequestHeader/1
ReadResponseBody/1 ReadResponseHeader/1 ReadRune/0 Readdir/1 RemoteAddr/0 Replace/1 Reset/0 Reset/2
ResetSession/1 Rollback/0 RoundTrip/1 RoundTripErr/0 RowsAffected/0 ScalarBaseMult/1 ScalarMult/2 ScalarMult/3
Scan/1 Scan/2 Seal/4 Seed/1 Seek/2 ServeHTTP/2 Set/1 Set/3 SetBytes/1 SetCookies/2 SetDeadline/1 SetIV/1
SetRGBA64/3 SetReadDeadline/1 SetWriteDeadline/1 SharedKey/1 Sign/3 Signal/0 Size/0 SkipSpace/0 Start/1 Stat/0
Stat/1 StreamEnded/0 String/0 Sub/1 Sum/1 Sum32/0 Sum64/0 Swap/2 Sys/0 Temporary/0 Timeout/0 Token/0 Token/2
Type/0 Uint16/1 Uint32/1 Uint64/0 Uint64/1 Unlock/0 Unmarshal/1 UnmarshalBinary/1 UnmarshalCompressed/1
UnmarshalJSON/1 UnmarshalJSONFrom/1 UnmarshalText/1 UnmarshalXML/2 UnmarshalXMLAttr/1 UnreadByte/0 UnreadRune/0
Unwrap/0 Value/0 Value/1 Visit/1 Width/0 WithAttrs/1 WithGroup/1 Write/1 WriteAt/2 WriteByte/1 WriteHeader/1
WriteRequest/2 WriteResponse/2 WriteString/1 WriteString/2 WriteTo/1 WriteTo/2 XORKeyStream/2
`;

export const STANDARD_INTERFACES: readonly (GoArity & { name: string })[] = ASKED.trim()
  .split(/\s+/)
  .map((each) => {
    const [name = '', takes = '0'] = each.split('/');
    return { name, takes: Number(takes), open: false };
  });
