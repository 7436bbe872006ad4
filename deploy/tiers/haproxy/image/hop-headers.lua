-- Removes the headers that are listed in a request's `Connection` header (RFC 9110, 7.6.1), because they are for this hop only. HAProxy itself
-- handles only `close`, `keep-alive` and `upgrade`, and forwards the others.
local FRAMING = { ['content-length'] = true, ['transfer-encoding'] = true, host = true, connection = true }

core.register_action('drop_hop_headers', { 'http-req' }, function(txn)
	local values = txn.http:req_get_headers()['connection']
	if values == nil then
		return
	end
	for _, value in pairs(values) do
		for name in value:gmatch("[^%s,]+") do
			local lower = name:lower()
			-- Framing headers determine where a request ends, so a client must not be able to remove them.
			if not FRAMING[lower] then
				txn.http:req_del_header(lower)
			end
		end
	end
	txn.http:req_del_header('connection')
end)
