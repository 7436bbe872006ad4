-- Removes the headers that a request's `Connection` header names (RFC 9110, 7.6.1): they are for this hop only. HAProxy handles
-- `close`, `keep-alive` and `upgrade` itself, and passes on the rest.
local FRAMING = { ['content-length'] = true, ['transfer-encoding'] = true, host = true, connection = true }

core.register_action('drop_hop_headers', { 'http-req' }, function(txn)
	local values = txn.http:req_get_headers()['connection']
	if values == nil then
		return
	end
	for _, value in pairs(values) do
		for name in value:gmatch("[^%s,]+") do
			local lower = name:lower()
			-- Framing decides where a request ends; no client may change that from here.
			if not FRAMING[lower] then
				txn.http:req_del_header(lower)
			end
		end
	end
	txn.http:req_del_header('connection')
end)
